/**
 * The NLRI of single paths, where they are not the octets that the index has for the destination: the same route with other labels, say. The
 * octets of a path go out as they came in.
 *
 *     PathId -> place in the arena     0: the octets of the index
 *     arena  … | length, 2 | octets … |
 */
import { Arena } from '../attributes/arena.ts';
import { areSameOctets } from '../attributes/octets.ts';
import { LastViews } from '../attributes/views.ts';
import { grown, NONE } from '../columns.ts';
import type { OctetIndex } from './octet-index.ts';

const HEADER = 2;

export class PathOctets {
  readonly index: OctetIndex;
  readonly #arena: Arena = new Arena(1 << 12);
  readonly #views: LastViews = new LastViews();
  #offset: Uint32Array = new Uint32Array(0);
  /** What the next path that is added came with. */
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  constructor(index: OctetIndex) {
    this.index = index;
  }

  /** The next path that is added to the table has the NLRI `bytes[start, end)`, borrowed until then. */
  expect(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** A path to `nlri` was added. */
  added(path: number, nlri: number): void {
    this.set(path, nlri, this.#bytes, this.#start, this.#end);
  }

  /** Whether the path has the NLRI `bytes[start, end)`. */
  isSame(path: number, nlri: number, bytes: Uint8Array, start: number, end: number): boolean {
    const offset = path < this.#offset.length ? this.#offset[path]! : NONE;
    if (offset === NONE) return this.index.isFirst(nlri, bytes, start, end);
    const { view } = this.#arena;
    return view.getUint16(offset - HEADER) === end - start && areSameOctets(view, offset, this.#views.of(bytes), start, end);
  }

  /** The path has the NLRI `bytes[start, end)` from now on. */
  set(path: number, nlri: number, bytes: Uint8Array, start: number, end: number): void {
    this.removed(path);
    if (start === end || this.index.isFirst(nlri, bytes, start, end)) return;
    if (path >= this.#offset.length) this.#offset = grown(this.#offset, Math.max(1024, 2 * path), this.#offset.length);
    const offset = this.#arena.allocate(HEADER + end - start) + HEADER;
    this.#arena.view.setUint16(offset - HEADER, end - start);
    this.#arena.write(offset, this.#views.of(bytes), start, end);
    this.#offset[path] = offset;
  }

  /** The path is gone. */
  removed(path: number): void {
    const offset = path < this.#offset.length ? this.#offset[path]! : NONE;
    if (offset === NONE) return;
    this.#arena.free(offset - HEADER, HEADER + this.#arena.view.getUint16(offset - HEADER));
    this.#offset[path] = NONE;
  }

  /** Octets of the NLRI of a path. */
  lengthOf(path: number, nlri: number): number {
    const offset = path < this.#offset.length ? this.#offset[path]! : NONE;
    return offset === NONE ? this.index.lengthOf(nlri) : this.#arena.view.getUint16(offset - HEADER);
  }

  /** Writes the NLRI of a path; returns the offset behind it. */
  write(out: Uint8Array, at: number, path: number, nlri: number): number {
    const offset = path < this.#offset.length ? this.#offset[path]! : NONE;
    if (offset === NONE) return this.index.write(out, at, nlri as never);
    const length = this.#arena.view.getUint16(offset - HEADER);
    const { data } = this.#arena;
    for (let i = 0; i < length; i++) out[at + i] = data[offset + i]!;
    return at + length;
  }

  /** Octets in use: for checks. */
  get bytes(): number {
    return this.#arena.used;
  }
}
