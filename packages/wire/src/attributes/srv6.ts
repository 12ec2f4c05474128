/** Behavior and structure of an SRv6 SID, which several attributes hold (RFC 9252 §3.2.1, RFC 9831 §2.4.10). */
import { readU16 } from '../bytes.ts';
import { ValueError } from '../fault.ts';
import { within } from '../numbers.ts';
import { type Field, fixed, type OptionalField } from '../parts/fields.ts';
import { reservedBits } from '../parts/tlv-fields.ts';

/** What an SRv6 SID does at its endpoint, and how its 128 bits are divided (RFC 8986 §4, RFC 9252 §3.2.1). */
export interface EndpointStructure {
  behavior: number;
  /** Bits of locator block, locator node, function and argument. */
  structure: [number, number, number, number];
}

const STRUCTURE_LENGTH = 8;

/** The two reserved octets of an `ENDPOINT_STRUCTURE` that ends the value of a TLV; with it the value has `length` octets. */
export function structureReserved(length: number): OptionalField<string> {
  const at = length - STRUCTURE_LENGTH + 2;
  return reservedBits((index, found) => (found === length && (index === at || index === at + 1) ? 0xff : 0));
}

const STRUCTURE_ALLOWED = 'allowed are behavior, block, node, function and argument, e.g. "19/40/24/16/0"';

/** Endpoint behaviour and SID structure, eight octets, of which two are reserved. Text `19/40/24/16/0`. */
export const ENDPOINT_STRUCTURE: Field<EndpointStructure> = {
  allowed: STRUCTURE_ALLOWED,
  read: fixed(STRUCTURE_LENGTH, (bytes, at) => ({
    behavior: readU16(bytes, at),
    structure: [bytes[at + 4]!, bytes[at + 5]!, bytes[at + 6]!, bytes[at + 7]!],
  })),
  write(out, { behavior, structure }) {
    out.u16(within('endpoint behavior', behavior, 0xffff));
    out.u16(0);
    for (const bits of structure) out.u8(within('SID structure', bits, 0xff));
  },
  format: ({ behavior, structure }) => [behavior, ...structure].join('/'),
  parse(text) {
    if (!/^\d{1,5}(\/\d{1,3}){4}$/.test(text)) {
      throw new ValueError(`found "${text}", ${STRUCTURE_ALLOWED}`);
    }
    const [behavior, block, node, func, argument] = text.split('/').map(Number);
    return { behavior: behavior!, structure: [block!, node!, func!, argument!] };
  },
};
