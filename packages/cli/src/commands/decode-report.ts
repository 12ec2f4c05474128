/** What `tsbgp decode` writes: a tree for people, or a line of JSON for each message. */
import { Fault, toHex, toJson } from '@tsbgp/wire';
import type { CaptureEntry } from '../capture/bgp-capture.ts';
import type { ReadOutcome } from '../decode/conversation.ts';
import { updateParts } from '../decode/message-parts.ts';
import { messageNode, type Node, treeLines } from '../decode/tree.ts';
import type { Invocation } from '../invocation.ts';

/** Lines are written in blocks of about this many. */
const BLOCK_LINES = 500;

/** Where in a capture something was found: the first keys of its JSON, and what its tree begins with. */
interface Place {
  readonly json: object;
  readonly label: string;
}

const NO_PLACE: Place = { json: {}, label: '' };

export class DecodeReport {
  /** Messages and notes that are not as they should be. */
  malformed = 0;
  readonly #invocation: Invocation;
  readonly #isJson: boolean;
  #lines: string[] = [];

  constructor(invocation: Invocation, isJson: boolean) {
    this.#invocation = invocation;
    this.#isJson = isJson;
  }

  /** Only one of `json` and `node` is asked for. */
  async add(json: () => object, node: () => Node): Promise<void> {
    if (this.#isJson) this.#lines.push(JSON.stringify(json()));
    else this.#lines.push(...treeLines(node(), this.#invocation.style));
    if (this.#lines.length > BLOCK_LINES) await this.flush();
  }

  async addEntry(entry: CaptureEntry): Promise<void> {
    const { content } = entry;
    if (content.type === 'note') await this.addNote(content.text, placeOf(entry));
    else await this.addMessage(content.bytes, content, placeOf(entry));
  }

  /** Octets that are no message. */
  async addNote(text: string, { json, label }: Place = NO_PLACE): Promise<void> {
    this.malformed++;
    await this.add(
      () => ({ ...json, note: text }),
      () => ({ label: label + text, isFault: true }),
    );
  }

  async addMessage(bytes: Uint8Array, outcome: ReadOutcome, { json, label }: Place = NO_PLACE): Promise<void> {
    if (isMalformed(outcome)) this.malformed++;
    await this.add(
      () => ({ ...json, ...messageJson(bytes, outcome) }),
      () => {
        const node = messageNode(bytes, outcome);
        return { ...node, label: label + node.label + guessed(outcome.guesses) };
      },
    );
  }

  async flush(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    await this.#invocation.print(...lines);
  }
}

export function guessed(guesses: readonly string[]): string {
  return guesses.length === 0 ? '' : ` (guessed: ${guesses.join(', ')})`;
}

function placeOf({ packet, timeMicros, connection, source, sourcePort, destination, destinationPort }: CaptureEntry): Place {
  const time = timeMicros === undefined ? undefined : timeText(timeMicros);
  return {
    json: { packet, time, connection, source, sourcePort, destination, destinationPort },
    label: `#${packet}${time === undefined ? '' : ` ${time}`} ${source}:${sourcePort} → ${destination}:${destinationPort}  `,
  };
}

function isMalformed({ message }: ReadOutcome): boolean {
  return message instanceof Fault || (message.type === 'update' && message.fault !== undefined);
}

/** A malformed message has its octets too, as the value does not say all of them. */
function messageJson(bytes: Uint8Array, outcome: ReadOutcome): object {
  const { message, guesses, context } = outcome;
  const octets = isMalformed(outcome) ? { octets: toHex(bytes) } : {};
  const assumed = guesses.length > 0 ? { guesses } : {};
  if (!(message instanceof Fault)) return { length: bytes.length, ...assumed, message: toJson(message), ...octets };
  const parts = updateParts(bytes, context);
  return { length: bytes.length, ...assumed, fault: toJson(message), ...(parts && { parts: toJson(parts) }), ...octets };
}

function timeText(micros: number): string {
  const fraction = String(((micros % 1e6) + 1e6) % 1e6).padStart(6, '0');
  return `${new Date(Math.floor(micros / 1e6) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
