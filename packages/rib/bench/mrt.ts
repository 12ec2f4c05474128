/**
 * Where the BGP messages of an MRT file lie (RFC 6396 §4.4, RFC 8050 §3): BGP4MP and BGP4MP_ET records, all message subtypes. Only what the
 * benchmark needs: other records are stepped over, and nothing is decoded.
 *
 *     | timestamp, 4 | type, 2 | subtype, 2 | length, 4 | [microseconds, 4] | peer AS | local AS | interface, 2 | AFI, 2 | addresses | message |
 */
import { Afi, readU16, readU32 } from '@tsbgp/wire';

const BGP4MP = 16;
const BGP4MP_ET = 17;
/** Subtype -> octets of an AS number and whether the peer uses ADD-PATH. Those without a message are not in it. */
const SUBTYPES: readonly ({ readonly width: 2 | 4; readonly addPath: boolean } | undefined)[] = [
  undefined,
  { width: 2, addPath: false },
  undefined,
  undefined,
  { width: 4, addPath: false },
  undefined,
  { width: 2, addPath: false },
  { width: 4, addPath: false },
  { width: 2, addPath: true },
  { width: 4, addPath: true },
  { width: 2, addPath: true },
  { width: 4, addPath: true },
];

/** A cursor over the messages of `bytes`; `next()` moves its fields. Allocates nothing. */
export class MrtMessages {
  /** Header of the BGP message. */
  start = 0;
  end = 0;
  fourOctetAs = false;
  addPath = false;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** False at the end of the file, or where a record is cut off. */
  next(): boolean {
    const bytes = this.#bytes;
    while (this.#at + 12 <= bytes.length) {
      const type = readU16(bytes, this.#at + 4);
      const subtype = SUBTYPES[readU16(bytes, this.#at + 6)];
      const body = this.#at + 12;
      this.#at = body + readU32(bytes, this.#at + 8);
      if (this.#at > bytes.length) return false;
      if (subtype === undefined || (type !== BGP4MP && type !== BGP4MP_ET)) continue;
      const afi = body + (type === BGP4MP_ET ? 4 : 0) + 2 * subtype.width + 2;
      const start = afi + 2 + (readU16(bytes, afi) === Afi.Ipv6 ? 32 : 8);
      if (start + 19 > this.#at) continue;
      this.start = start;
      this.end = this.#at;
      this.fourOctetAs = subtype.width === 4;
      this.addPath = subtype.addPath;
      return true;
    }
    return false;
  }
}
