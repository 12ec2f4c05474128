/**
 * AS_PATH on its way out, and AS4_PATH with it (RFC 4271 §5.1.2, RFC 5065 §4.1, RFC 6793 §4.2.2).
 *
 *   1. Towards external peers, where the operator asks for it: private AS numbers (RFC 6996) go or are replaced, and our AS takes the place of
 *      that of the peer.
 *   2. Segments of our confederation stay for its members and go for all others.
 *   3. Our ASes go in front: for external peers in an AS_SEQUENCE, for other ASes of our confederation in an AS_CONFED_SEQUENCE.
 *
 * 1 writes the changed segments into a buffer, in which 2 and 3 then read. It is done once per attribute set and message.
 */
import { AS_TRANS, readU32, writeU16, writeU32 } from '@tsbgp/wire';
import type { AsPathView } from './view.ts';

const SEGMENT_AS_SEQUENCE = 2;
const SEGMENT_CONFED_SEQUENCE = 3;
const SEGMENT_LENGTH_MAX = 255;
const TWO_OCTETS_MAX = 0xffff;

/** RFC 6996 §5. */
export function isPrivateAs(as: number): boolean {
  return (as >= 64_512 && as <= 65_534) || (as >= 4_200_000_000 && as <= 4_294_967_294);
}

/** Writes the AS_PATH that it took last. */
export class AsPathWriter {
  readonly #view: AsPathView;
  readonly #changes: boolean;
  readonly #frontType: number;
  /** The segments are `#data[#start, #end)`, with AS numbers of four octets. */
  #data: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** ASes of ours that go in front. */
  #front = 0;
  #buffer: Uint8Array = new Uint8Array(0);
  /** As `measure` found them: how many go in front, and whether they join the first segment. */
  #written = 0;
  #joins = false;

  constructor(view: AsPathView) {
    this.#view = view;
    this.#changes = view.removePrivate !== undefined || view.override;
    this.#frontType = view.isConfederation ? SEGMENT_CONFED_SEQUENCE : SEGMENT_AS_SEQUENCE;
  }

  /** Takes the value `data[start, end)`, borrowed while it is written. With `isOurs` it changes as the view says, and our ASes go in front. */
  take(data: Uint8Array, start: number, end: number, isOurs: boolean): void {
    this.#front = isOurs ? this.#view.front.length : 0;
    if (isOurs && this.#changes) {
      this.#change(data, start, end);
      return;
    }
    this.#data = data;
    this.#start = start;
    this.#end = end;
  }

  /** Whether an AS number outside confederation segments does not fit into two octets: AS4_PATH must go along. */
  get isWide(): boolean {
    const data = this.#data;
    const { front } = this.#view;
    if (this.#frontType === SEGMENT_AS_SEQUENCE) for (let i = 0; i < this.#front; i++) if (front[i]! > TWO_OCTETS_MAX) return true;
    for (let at = this.#start; at < this.#end; ) {
      const type = data[at]!;
      const next = at + 2 + 4 * data[at + 1]!;
      if (type < SEGMENT_CONFED_SEQUENCE) for (at += 2; at < next; at += 4) if (data[at] !== 0 || data[at + 1] !== 0) return true;
      at = next;
    }
    return false;
  }

  /** Octets of the value with AS numbers of `width` octets, with or without confederation segments. Ours join the first segment if it has room. */
  measure(width: number, confederation: boolean): number {
    const data = this.#data;
    const front = this.#frontType === SEGMENT_AS_SEQUENCE || confederation ? this.#front : 0;
    let segments = 0;
    let asns = front;
    let joins = false;
    for (let at = this.#start; at < this.#end; ) {
      const type = data[at]!;
      const count = data[at + 1]!;
      at += 2 + 4 * count;
      if (type >= SEGMENT_CONFED_SEQUENCE && !confederation) continue;
      if (segments === 0) joins = front > 0 && type === this.#frontType && count + front <= SEGMENT_LENGTH_MAX;
      segments++;
      asns += count;
    }
    if (front > 0 && !joins) segments++;
    this.#written = front;
    this.#joins = joins;
    return 2 * segments + width * asns;
  }

  /** Writes the value as it was measured last; returns the offset after it. */
  write(out: Uint8Array, offset: number, width: number, confederation: boolean): number {
    const data = this.#data;
    const end = this.#end;
    const front = this.#written;
    let joins = this.#joins;
    let at = offset;
    if (front > 0 && !joins) {
      out[at] = this.#frontType;
      out[at + 1] = front;
      at = this.#writeFront(out, at + 2, width);
    }
    for (let from = this.#start; from < end; ) {
      const type = data[from]!;
      const count = data[from + 1]!;
      const next = from + 2 + 4 * count;
      if (type < SEGMENT_CONFED_SEQUENCE || confederation) {
        out[at] = type;
        out[at + 1] = joins ? count + front : count;
        at += 2;
        if (joins) at = this.#writeFront(out, at, width);
        joins = false;
        from += 2;
        if (width === 4) for (; from < next; from++) out[at++] = data[from]!;
        else for (; from < next; from += 4) at = writeAs(out, at, readU32(data, from), 2);
      }
      from = next;
    }
    return at;
  }

  #writeFront(out: Uint8Array, offset: number, width: number): number {
    const { front } = this.#view;
    let at = offset;
    for (let i = 0; i < this.#written; i++) at = writeAs(out, at, front[i]!, width);
    return at;
  }

  /**
   * Step 1, into the buffer. The AS of the peer stays where private ones go: without it the peer could not see that the route is its own. An
   * empty segment goes.
   */
  #change(data: Uint8Array, start: number, end: number): void {
    const { removePrivate, override, remoteAs, front } = this.#view;
    const removes = removePrivate === 'all' || (removePrivate === 'remove' && isAllPrivate(data, start, end));
    const replaces = removePrivate === 'replace';
    if (this.#buffer.length < end - start) this.#buffer = new Uint8Array(2 * (end - start));
    const out = this.#buffer;
    let at = 0;
    for (let from = start; from < end; ) {
      const segment = at;
      const next = from + 2 + 4 * data[from + 1]!;
      out[segment] = data[from]!;
      at += 2;
      for (from += 2; from < next; from += 4) {
        const as = readU32(data, from);
        const isTheirs = as === remoteAs;
        const isHidden = !isTheirs && isPrivateAs(as);
        if (isHidden && removes) continue;
        writeU32(out, at, (isHidden && replaces) || (isTheirs && override) ? front[0]! : as);
        at += 4;
      }
      out[segment + 1] = (at - segment - 2) / 4;
      if (at === segment + 2) at = segment;
    }
    this.#data = out;
    this.#start = 0;
    this.#end = at;
  }
}

/** Writes an AS number, AS_TRANS where two octets cannot hold it; returns the offset after it. */
export function writeAs(out: Uint8Array, at: number, as: number, width: number): number {
  if (width === 4) writeU32(out, at, as);
  else writeU16(out, at, as > TWO_OCTETS_MAX ? AS_TRANS : as);
  return at + width;
}

/** Whether all AS numbers outside confederation segments are private. */
function isAllPrivate(data: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; ) {
    const type = data[at]!;
    const next = at + 2 + 4 * data[at + 1]!;
    if (type < SEGMENT_CONFED_SEQUENCE) for (at += 2; at < next; at += 4) if (!isPrivateAs(readU32(data, at))) return false;
    at = next;
  }
  return true;
}
