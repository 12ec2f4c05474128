/** An attribute set while it is changed: values by type code over the octets that it was made from. */
import { AttributeFlag, readU32, writeU32 } from '@tsbgp/wire';
import { ABSENT, type AttributeValue, findHeader, nextHeader, valueStart, withAttributes } from '../route/block.ts';

const NEW_FLAGS = AttributeFlag.Optional | AttributeFlag.Transitive;

export class Draft {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly #values = new Map<number, AttributeValue | undefined>();

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** The octets of a value as it is now; undefined when the attribute is absent. */
  get(code: number): Uint8Array | undefined {
    if (this.#values.has(code)) return this.#values.get(code)?.octets;
    const header = findHeader(this.bytes, this.start, this.end, code);
    return header === ABSENT ? undefined : this.bytes.subarray(valueStart(this.bytes, header), nextHeader(this.bytes, header));
  }

  /** `flags` are those of a new attribute. @default optional and transitive */
  set(code: number, octets: Uint8Array, flags: number = NEW_FLAGS): void {
    this.#values.set(code, { octets, flags });
  }

  remove(code: number): void {
    if (this.get(code) !== undefined) this.#values.set(code, undefined);
  }

  getU32(code: number): number | undefined {
    const octets = this.get(code);
    return octets === undefined ? undefined : readU32(octets, 0);
  }

  setU32(code: number, value: number, flags: number): void {
    const octets = new Uint8Array(4);
    writeU32(octets, 0, value);
    this.set(code, octets, flags);
  }

  /** The changed set, in canonical order; undefined when nothing was changed. */
  finish(): Uint8Array | undefined {
    return this.#values.size === 0 ? undefined : withAttributes(this.bytes, this.start, this.end, this.#values);
  }
}
