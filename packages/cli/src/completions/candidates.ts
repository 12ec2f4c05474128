/**
 * What can stand where the cursor is, read from commander's own tree of commands.
 */
import type { Argument, Command, Option } from 'commander';

export interface Candidate {
  readonly value: string;
  readonly about: string;
}

/** Values that the tree does not know, by the name of the argument or the option's value: `NEIGHBOR` -> the daemon's neighbours. */
export type ValueSource = (name: string, command: Command) => Promise<readonly Candidate[]>;

/** `words` are those after the program's name; the last one is where the cursor stands, often empty. */
export async function candidates(program: Command, words: readonly string[], values: ValueSource): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const place = walk(program, words.slice(0, -1));
  const found = await atPlace(place, current, values);
  return found.filter((candidate) => candidate.value.startsWith(current));
}

interface Place {
  readonly command: Command;
  /** Arguments that stand before the cursor. */
  readonly argumentCount: number;
  /** The option whose value is expected. */
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
      const option = optionsOf(command).find((one) => one.long === word || one.short === word);
      if (option?.required === true) valueOf = option;
    } else {
      const child = argumentCount === 0 ? command.commands.find((one) => one.name() === word || one.aliases().includes(word)) : undefined;
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
    const option = equals === -1 ? undefined : optionsOf(command).find((one) => one.long === current.slice(0, equals));
    if (option !== undefined) {
      const prefix = current.slice(0, equals + 1);
      return (await optionValues(option, command, values)).map((one) => ({ ...one, value: prefix + one.value }));
    }
    return optionsOf(command)
      .filter((one) => !one.hidden)
      .map((one) => ({ value: one.long ?? one.short ?? '', about: one.description }));
  }
  const children = argumentCount === 0 ? command.createHelp().visibleCommands(command) : [];
  return [
    ...children.filter((one) => one.name() !== 'help').map((one) => ({ value: one.name(), about: one.description() })),
    ...(await argumentValues(argumentAt(command, argumentCount), command, values)),
  ];
}

/** The command's own options and those of the commands above it: `-a` and `--json` stand anywhere. */
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
