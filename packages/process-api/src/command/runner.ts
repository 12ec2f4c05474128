/** Carries out the commands of one source, one after the other, and answers each. */
import { findCommand } from './commands-v4.ts';
import { COMMANDS_V6, PEER_COMMANDS, PEER_DELETE, runGroup } from './commands-v6.ts';
import type { CommandSource, Control } from './control.ts';
import { textOfJsonCommand } from './json-command.ts';
import { type Command, CommandError, type Outcome, sentenceOf } from './outcome.ts';
import { select, splitPeerSelector, splitSelector } from './selector.ts';

/** Lines that wait for a command that takes time; then the source is not read. */
const WAITING_MAX = 1000;
/** Characters of the commands between `group start` and `group end`. */
const GROUP_LENGTH_MAX = 16_777_216;

/** What was written since `group start`. */
interface Group {
  readonly lines: string[];
  length: number;
}

interface Prepared {
  readonly command: Command;
  readonly rest: string;
  readonly terms: ReturnType<typeof splitSelector>['terms'];
}

export class CommandRunner {
  readonly #source: CommandSource;
  readonly #control: Control;
  #waiting: string[] = [];
  #isBusy = false;
  /** Between `group start` and `group end`. */
  #group: Group | undefined;

  constructor(source: CommandSource, control: Control) {
    this.#source = source;
    this.#control = control;
  }

  /** Commands that wait, and those of a group that has no end yet, are never carried out. */
  drop(): void {
    this.#waiting = [];
    this.#group = undefined;
  }

  push(lines: readonly string[]): void {
    if (this.#isBusy || this.#waiting.length > 0) {
      for (const line of lines) this.#waiting.push(line);
      if (this.#waiting.length > WAITING_MAX) this.#source.pause();
      return;
    }
    for (const [i, line] of lines.entries()) {
      const outcome = this.#run(line);
      if (!(outcome instanceof Promise)) continue;
      this.#waiting = lines.slice(i + 1);
      this.#isBusy = true;
      void outcome.then(() => {
        this.#isBusy = false;
        const rest = this.#waiting;
        this.#waiting = [];
        this.#source.resume();
        this.push(rest);
      });
      return;
    }
  }

  /** Undefined when the command is done already. */
  #run(line: string): Promise<void> | undefined {
    const text = line.trim();
    if (text === '') return undefined;
    if (text.startsWith('debug ')) {
      this.#control.log(`${this.#source.name}: ${text.slice('debug '.length)}`);
      return undefined;
    }
    try {
      const outcome = text.startsWith('#') ? 'done' : this.#execute(text.startsWith('{') ? textOfJsonCommand(text) : text);
      if (outcome instanceof Promise) {
        return outcome.then(
          (each) => this.#answer(each),
          (error: unknown) => this.#fail(error, text),
        );
      }
      if (this.#source.sync && outcome === 'done') return this.#whenWritten().catch((error: unknown) => this.#fail(error, text));
      this.#answer(outcome);
    } catch (error) {
      this.#fail(error, text);
    }
    return undefined;
  }

  async #whenWritten(): Promise<void> {
    await Promise.all(this.#source.neighbors().map((neighbor) => neighbor.flushed()));
    this.#answer('done');
  }

  #execute(text: string): Outcome | Promise<Outcome> {
    const source = this.#source;
    const control = this.#control;
    if (this.#group !== undefined || text === 'group start') return this.#collect(text);
    const isV6 = control.apiVersion === 6;
    const prepared = isV6 ? prepareV6(text) : prepareV4(text);
    if (prepared === undefined)
      throw new CommandError(`found "${text}", allowed is a command; "${isV6 ? 'system help' : 'help'}" lists them`);
    const { command, rest, terms } = prepared;
    const neighbors = select(source.neighbors(), terms);
    return command({ source, control, neighbors, hasSelector: terms !== undefined, rest });
  }

  /** `group start`, commands, `group end`. */
  #collect(text: string): Outcome {
    if (this.#group === undefined) {
      this.#group = { lines: [], length: 0 };
      this.#source.write(JSON.stringify({ status: 'group started' }));
      return 'done';
    }
    const group = this.#group;
    if (text !== 'group end') {
      group.length += text.length + 1;
      if (group.length > GROUP_LENGTH_MAX) group.lines.length = 0;
      else group.lines.push(text.replace(/^peer \* /, ''));
    }
    if (text === 'group end') this.#group = undefined;
    if (group.length > GROUP_LENGTH_MAX) {
      throw new CommandError(
        `found a group of ${group.length} characters, of which nothing is carried out; allowed are ${GROUP_LENGTH_MAX}`,
      );
    }
    if (text !== 'group end') return 'done';
    const result = runGroup(group.lines, { neighbors: this.#source.neighbors(), control: this.#control, source: this.#source });
    this.#source.write(JSON.stringify(result));
    return result.errors === undefined ? 'done' : 'error';
  }

  #answer(outcome: Outcome): void {
    if (outcome !== 'silent' && this.#source.ack === 'on') this.#source.write(outcome);
  }

  #fail(error: unknown, text: string): void {
    const sentence = `${sentenceOf(error, this.#control)} in "${text.slice(0, 200)}"`;
    if (this.#control.failed === undefined) this.#control.log(`${this.#source.name}: ${sentence}`);
    else this.#control.failed(sentence);
    this.#answer('error');
  }
}

function prepareV4(text: string): Prepared | undefined {
  const { terms, rest } = splitSelector(text);
  const found = findCommand(rest);
  return found && { ...found, terms };
}

function prepareV6(text: string): Prepared | undefined {
  const plain = findCommand(text, COMMANDS_V6);
  if (plain !== undefined) return { ...plain, terms: undefined };
  const peer = /^peer +(delete +)?(.*)$/.exec(text);
  const selected = peer === null ? undefined : splitPeerSelector(peer[2]!);
  if (peer === null || selected === undefined) return undefined;
  if (peer[1] !== undefined) return { command: PEER_DELETE, rest: selected.rest, terms: selected.terms };
  const found = findCommand(selected.rest, PEER_COMMANDS);
  return found && { ...found, terms: selected.terms };
}
