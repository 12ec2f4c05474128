/**
 * Where each part of a message lies: a tree of spans, as a dissector shows it. The decoders tell the `SpanRecorder` in their `WireContext` what
 * they read. Without one they record nothing.
 *
 *     update                                          [0, 51)
 *       header                                        [0, 19)     marker, length, type
 *       path-attributes                               [23, 47)
 *         as-path                                     [27, 40)    flags, type, length, value
 *           value                                     [30, 40)
 *             segment                                 [30, 40)    type, count, as[0], as[1]
 *
 * The parts of a span follow each other without a gap and cover it. Octets without a known meaning are parts called `octets`.
 */
import { assert, readUnsigned, type Width } from './bytes.ts';
import { type Fault, strongest } from './fault.ts';

/** A part of a message and where it lies. */
export interface Span {
  /** The RFC's term in kebab-case: `as-path`, `hold-time`. The same for all entries of a list. */
  readonly name: string;
  /** Names from the message down, `path-attributes.as-path.value.segment.as[1]`; unique in the tree, empty for the message itself. */
  readonly path: string;
  /** Offset of the first octet, in the octets that were given to the decoder. */
  readonly start: number;
  /** Offset after the last octet. */
  readonly end: number;
  /** What the octets say; absent when it is not known, or when the parts say everything. */
  readonly value?: unknown;
  /** What is wrong with these octets: the strongest of their faults. */
  readonly fault?: Fault;
  /** In the order of the octets; absent where there are none. */
  readonly parts?: readonly Span[];
}

/** Spans that hold the octet at `offset`, from the whole down to the smallest; empty when it lies outside. */
export function spansAt(whole: Span, offset: number): Span[] {
  const path: Span[] = [];
  for (let span: Span | undefined = whole; span !== undefined && offset >= span.start && offset < span.end; ) {
    path.push(span);
    span = span.parts?.find((part) => offset >= part.start && offset < part.end);
  }
  return path;
}

/** The span and all of its parts, each before its own parts. */
export function* allSpans(whole: Span): Generator<Span> {
  yield whole;
  for (const part of whole.parts ?? []) yield* allSpans(part);
}

/** An unsigned number of a message: its name and how many octets it has. */
export type NumberField = readonly [name: string, octets: Width];

/** A span whose message is still being read. */
type Node = { -readonly [Key in keyof Omit<Span, 'parts'>]: Span[Key] } & { parts?: Node[] };

/** A place to go back to, from `mark`. */
export interface SpanMark {
  readonly depth: number;
  readonly parts: number;
}

const REST = 'octets';

/** Collects the spans of one message: see `dissectMessage`. A decoder opens a part, records what is in it, and closes it. */
export class SpanRecorder {
  readonly #bytes: Uint8Array;
  readonly #open: Node[];
  readonly #faults: { readonly fault: Fault; readonly start: number; readonly end: number }[] = [];

  /** For the message in `bytes[start, end)`; borrowed until the spans are taken. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#open = [{ name: 'message', path: '', start, end, parts: [] }];
  }

  /** Begins a part that has parts. */
  open(name: string, start: number): void {
    this.#open.push({ name, path: '', start, end: start, parts: [] });
  }

  /** Ends the part that was opened last; without octets it is left out. `name` replaces the name from `open`, when only the content tells it. */
  close(end: number, value?: unknown, name?: string): void {
    const node = this.#open.pop();
    assert(node !== undefined && this.#open.length > 0, 'a span is closed that was not opened');
    node.end = end;
    if (value !== undefined) node.value = value;
    if (name !== undefined) node.name = name;
    if (end > node.start) this.#add(node);
  }

  /** A part without parts. One without octets is left out. */
  leaf(name: string, start: number, end: number, value?: unknown): void {
    if (end > start) this.#add(value === undefined ? { name, path: '', start, end } : { name, path: '', start, end, value });
  }

  /** Unsigned numbers one after the other. Each has a name and 1 to 4 octets. */
  numbers(start: number, ...fields: readonly NumberField[]): void {
    let at = start;
    for (const [name, octets] of fields) {
      this.leaf(name, at, at + octets, readUnsigned(this.#bytes, at, octets));
      at += octets;
    }
  }

  /** The current place, for `forget`. */
  mark(): SpanMark {
    return { depth: this.#open.length, parts: this.#open.at(-1)!.parts!.length };
  }

  /** Forgets what was recorded since `mark`: the octets turned out to be something else. */
  forget(mark: SpanMark): void {
    this.#open.length = mark.depth;
    this.#open.at(-1)!.parts!.length = mark.parts;
  }

  /** Whether a part of the open span begins at `start`. */
  has(start: number): boolean {
    return this.#open.at(-1)!.parts!.some((part) => part.start === start);
  }

  /** Records that `fault` is what is wrong with `bytes[start, end)`. Returns it. */
  blame(fault: Fault, start: number, end: number): Fault {
    this.#faults.push({ fault, start, end });
    return fault;
  }

  /** As `blame`, for the octets that gave `value`. */
  blameValue(fault: Fault, value: unknown): void {
    for (const node of this.#open.flatMap((open) => [...allSpans(open)])) {
      if (node.value !== value) continue;
      this.blame(fault, node.start, node.end);
      return;
    }
  }

  /** Whether the fault was recorded before. */
  isBlamed(fault: Fault): boolean {
    return this.#faults.some((entry) => entry.fault === fault);
  }

  /** The whole tree. Parts that are still open, as after a fault, extend to the end. */
  finish(name: string, value: unknown): Span {
    const whole = this.#open[0]!;
    while (this.#open.length > 1) this.close(whole.end);
    whole.name = name;
    if (value !== undefined) whole.value = value;
    complete(whole);
    for (const { fault, start, end } of this.#faults) accuse(whole, fault, start, end);
    return whole;
  }

  #add(node: Node): void {
    this.#open.at(-1)!.parts!.push(node);
  }
}

/** Gives the fault to the smallest part that holds all of its octets. */
function accuse(whole: Node, fault: Fault, start: number, end: number): void {
  let node = whole;
  for (;;) {
    const inner: Node | undefined = node.parts?.find((part) => part.start <= start && end <= part.end);
    if (inner === undefined) break;
    node = inner;
  }
  node.fault = strongest(node.fault, fault)!;
}

/** Sorts the parts, fills gaps between them, and sets their paths. */
function complete(node: Node): void {
  const { parts } = node;
  if (parts === undefined || parts.length === 0) {
    delete node.parts;
    return;
  }
  parts.sort((a, b) => a.start - b.start);
  const whole: Node[] = [];
  let at = node.start;
  for (const part of parts) {
    if (part.start > at) whole.push({ name: REST, path: '', start: at, end: part.start });
    whole.push(part);
    at = part.end;
  }
  if (at < node.end) whole.push({ name: REST, path: '', start: at, end: node.end });
  node.parts = whole;
  const counts = new Map<string, number>();
  for (const { name } of whole) counts.set(name, (counts.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  for (const part of whole) {
    const index = seen.get(part.name) ?? 0;
    seen.set(part.name, index + 1);
    const step = counts.get(part.name) === 1 ? part.name : `${part.name}[${index}]`;
    part.path = node.path === '' ? step : `${node.path}.${step}`;
    complete(part);
  }
}
