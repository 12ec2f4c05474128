/** Recognizes files that `tsbgp decode` cannot read by their first octets, and says what to do with them. */
import { readU16, readU32 } from '@tsbgp/wire';

interface Format {
  readonly is: (bytes: Uint8Array) => boolean;
  readonly name: string;
  readonly hint: string;
}

const MRT_HEADER_LENGTH = 12;
/** RFC 6396 §4: TABLE_DUMP, TABLE_DUMP_V2, BGP4MP, BGP4MP_ET, and the BGP of old MRT. */
const MRT_TYPES: ReadonlySet<number> = new Set([5, 12, 13, 16, 17]);
const MRT_SUBTYPE_MAX = 15;
const MRT_LENGTH_MAX = 1 << 20;
const BMP_VERSION = 3;
const BMP_TYPE_MAX = 6;
const BMP_HEADER_LENGTH = 6;

const FORMATS: readonly Format[] = [
  { is: startsWith(0x42, 0x5a, 0x68), name: 'bzip2', hint: 'unpack it first: bunzip2 -c FILE | tsbgp decode -' },
  { is: startsWith(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), name: 'xz', hint: 'unpack it first: xz -dc FILE | tsbgp decode -' },
  { is: startsWith(0x04, 0x22, 0x4d, 0x18), name: 'lz4', hint: 'unpack it first: lz4 -dc FILE | tsbgp decode -' },
  { is: startsWith(0x50, 0x4b, 0x03, 0x04), name: 'zip', hint: 'unpack it first: unzip -p FILE | tsbgp decode -' },
  { is: isMrt, name: 'MRT (RFC 6396)', hint: 'tsbgp mrt FILE prints it' },
  { is: isBmp, name: 'BMP (RFC 7854)', hint: 'Wireshark reads a capture of its TCP connection' },
];

/** The format that the octets look like; undefined when it is none of these. */
export function foreignFormat(bytes: Uint8Array): { readonly name: string; readonly hint: string } | undefined {
  return FORMATS.find(({ is }) => is(bytes));
}

function startsWith(...magic: readonly number[]): (bytes: Uint8Array) => boolean {
  return (bytes) => magic.every((octet, i) => bytes[i] === octet);
}

/** Whether the first records, up to three, have plausible headers. */
function isMrt(bytes: Uint8Array): boolean {
  let at = 0;
  for (let record = 0; record < 3; record++) {
    if (at === bytes.length && record > 0) return true;
    if (at + MRT_HEADER_LENGTH > bytes.length) return record > 0;
    const length = readU32(bytes, at + 8);
    const isHeader = MRT_TYPES.has(readU16(bytes, at + 4)) && readU16(bytes, at + 6) <= MRT_SUBTYPE_MAX;
    if (!isHeader || length > MRT_LENGTH_MAX) return false;
    at += MRT_HEADER_LENGTH + length;
  }
  return true;
}

/** RFC 7854 §4.1. */
function isBmp(bytes: Uint8Array): boolean {
  if (bytes.length < BMP_HEADER_LENGTH || bytes[0] !== BMP_VERSION || bytes[5]! > BMP_TYPE_MAX) return false;
  const length = readU32(bytes, 1);
  if (length < BMP_HEADER_LENGTH || length > 1 << 20) return false;
  return length >= bytes.length || bytes[length] === BMP_VERSION;
}
