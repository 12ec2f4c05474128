/** What can be typed at the cursor, read from commander's tree of commands. */
import type { Argument, Command, Option } from 'commander';

export interface Candidate {
  readonly value: string;
  readonly about: string;
}

/** Values that the tree does not know, by the name of the argument or of the option's value: `neighbor` -> the neighbors of the daemon. */
export type ValueSource = (name: string, command: Command) => Promise<readonly Candidate[]>;

/** `words` are the words after the name of the program. The last one is at the cursor and may be empty. */
export async function candidates(program: Command, words: readonly string[], values: ValueSource): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const place = walk(program, words.slice(0, -1));
  const found = await atPlace(place, current, values);
  return found.filter((candidate) => candidate.value.startsWith(current));
}

interface Place {
  readonly command: Command;
  /** Arguments before the cursor. */
  readonly argumentCount: number;
  /** The option whose value is at the cursor. */
  readonly valueOf: Option | undefined;
}

function walk(program: Command, words: readonly string[]): Place {
  let command = program;
  let argumentCount = 0;
  let valueOf: Option | undefined;
  for (const word of words) {
    if (valueOf !== undefined) {
      valueOf = undefined;
    } else if (word.startsWith('-') && word !== '-') {
      const option = optionsOf(command).find((candidate) => candidate.long === word || candidate.short === word);
      if (option?.required === true) valueOf = option;
    } else {
      const child = argumentCount === 0 ? command.commands.find((sub) => sub.name() === word || sub.aliases().includes(word)) : undefined;
      if (child === undefined) argumentCount++;
      else command = child;
    }
  }
  return { command, argumentCount, valueOf };
}

async function atPlace(place: Place, current: string, values: ValueSource): Promise<readonly Candidate[]> {
  const { command, argumentCount, valueOf } = place;
  if (valueOf !== undefined) return optionValues(valueOf, command, values);
  if (current.startsWith('-')) {
    const equals = current.indexOf('=');
    const option = equals === -1 ? undefined : optionsOf(command).find(({ long }) => long === current.slice(0, equals));
    if (option !== undefined) {
      const prefix = current.slice(0, equals + 1);
      return (await optionValues(option, command, values)).map((candidate) => ({ ...candidate, value: prefix + candidate.value }));
    }
    return optionsOf(command)
      .filter(({ hidden }) => !hidden)
      .map(({ long, short, description }) => ({ value: long ?? short ?? '', about: description }));
  }
  const children = argumentCount === 0 ? command.createHelp().visibleCommands(command) : [];
  return [
    ...children.filter((sub) => sub.name() !== 'help').map((sub) => ({ value: sub.name(), about: sub.description() })),
    ...(await argumentValues(argumentAt(command, argumentCount), command, values)),
  ];
}

/** The options of the command and of the commands above it: `-a` and `--json` are allowed anywhere. */
function optionsOf(command: Command): readonly Option[] {
  return [...command.options, ...(command.parent === null ? [] : optionsOf(command.parent))];
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const all = command.registeredArguments;
  return all[index] ?? (all.at(-1)?.variadic === true ? all.at(-1) : undefined);
}

async function argumentValues(argument: Argument | undefined, command: Command, values: ValueSource): Promise<readonly Candidate[]> {
  if (argument === undefined) return [];
  return argument.argChoices === undefined ? values(argument.name(), command) : argument.argChoices.map((value) => ({ value, about: '' }));
}

async function optionValues(option: Option, command: Command, values: ValueSource): Promise<readonly Candidate[]> {
  if (option.argChoices !== undefined) return option.argChoices.map((value) => ({ value, about: '' }));
  const name = /<([^>.]+)(?:\.\.\.)?>/.exec(option.flags)?.[1];
  return name === undefined ? [] : values(name, command);
}
