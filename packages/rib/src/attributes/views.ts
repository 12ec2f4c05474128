/** Octets read and written four at a time. */

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Copies `from[start, end)` to `offset` of `to`. For the few octets that a block has a loop over words is faster than `TypedArray.set`. */
export function copyOctets(from: DataView, start: number, end: number, to: DataView, offset: number): void {
  let at = offset;
  let i = start;
  for (; i + 4 <= end; i += 4, at += 4) to.setInt32(at, from.getInt32(i, true), true);
  for (; i < end; i++, at++) to.setUint8(at, from.getUint8(i));
}

/**
 * Words of 32 bits are read through a view. Of two buffers, as received ones and that of canonical octets take turns: a view is made for each
 * buffer that comes in, not for each message in it.
 */
export class LastViews {
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = viewOf(this.#bytes);
  #otherBytes: Uint8Array = this.#bytes;
  #otherView: DataView = this.#view;

  of(bytes: Uint8Array): DataView {
    if (bytes === this.#bytes) return this.#view;
    const view = bytes === this.#otherBytes ? this.#otherView : viewOf(bytes);
    this.#otherBytes = this.#bytes;
    this.#otherView = this.#view;
    this.#bytes = bytes;
    this.#view = view;
    return view;
  }
}
