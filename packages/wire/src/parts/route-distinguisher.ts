/**
 * Route distinguisher (RFC 4364 §4.2), eight octets and text:
 *
 *   type 0   2-octet AS and number      65000:100
 *   type 1   IPv4 address and number    192.0.2.1:100
 *   type 2   4-octet AS and number      4200000000:100; an AS that two octets would hold is marked: 65000L:100
 *   others   all octets                 0x0003000000000001
 */
import { formatIpv4, parseIpv4 } from '../address.ts';
import { fromHex, readU16, readU32, toHex, writeU16, writeU32 } from '../bytes.ts';
import { ValueError } from '../fault.ts';

export const RD_LENGTH = 8;

/** Text of the eight octets (RFC 4364 §4.2), e.g. `65000:1` or `192.0.2.1:1`. */
export function formatRd(bytes: Uint8Array, offset = 0): string {
  switch (readU16(bytes, offset)) {
    case 0:
      return `${readU16(bytes, offset + 2)}:${readU32(bytes, offset + 4)}`;
    case 1:
      return `${formatIpv4(bytes, offset + 2)}:${readU16(bytes, offset + 6)}`;
    case 2: {
      const as = readU32(bytes, offset + 2);
      return `${as}${as > 0xffff ? '' : 'L'}:${readU16(bytes, offset + 6)}`;
    }
    default:
      return `0x${toHex(bytes, offset, offset + RD_LENGTH)}`;
  }
}

export const RD_EXAMPLES = 'e.g. "65000:100", "192.0.2.1:100", "4200000000:100" or "0x" and 16 digits';

/** Throws ValueError for text that is no route distinguisher. */
export function parseRd(text: string): Uint8Array {
  const bytes = new Uint8Array(RD_LENGTH);
  if (/^0x[0-9a-fA-F]{16}$/.test(text)) return fromHex(text.slice(2));
  const parts = /^([\d.]+)(L?):(\d{1,10})$/.exec(text);
  if (parts === null) throw wrong(text);
  const [, head = '', mark = ''] = parts;
  const number = Number(parts[3]);
  const address = parseIpv4(head);
  const as = Number(head);
  if (address !== undefined && mark === '' && number <= 0xffff) {
    writeU16(bytes, 0, 1);
    bytes.set(address, 2);
    writeU16(bytes, 6, number);
  } else if (/^\d{1,10}$/.test(head) && mark === '' && as <= 0xffff && number <= 0xffff_ffff) {
    writeU16(bytes, 2, as);
    writeU32(bytes, 4, number);
  } else if (/^\d{1,10}$/.test(head) && as <= 0xffff_ffff && number <= 0xffff) {
    writeU16(bytes, 0, 2);
    writeU32(bytes, 2, as);
    writeU16(bytes, 6, number);
  } else {
    throw wrong(text);
  }
  return bytes;
}

function wrong(text: string): ValueError {
  return new ValueError(`"${text}" is not a route distinguisher, ${RD_EXAMPLES}`);
}
