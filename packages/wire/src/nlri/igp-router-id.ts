/**
 * Router identifiers of IGPs in BGP-LS (RFC 9552 §5.2.1.4). IS-IS: 6 octets, 7 with a pseudonode. OSPF: 4 octets, 8 with the interface of
 * the designated router. Text: `0000.0000.0042`, `0000.0000.0042-05`, `192.0.2.1`, `192.0.2.1-198.51.100.1`.
 */
import { formatAddress, parseAddress } from '../address.ts';
import { fromHex, toHex } from '../bytes.ts';
import { ValueError } from '../fault.ts';

/** The text of the octets; undefined for any other number of octets. */
export function formatIgpRouterId(bytes: Uint8Array, start: number, end: number): string | undefined {
  const dotted = () => [0, 2, 4].map((i) => toHex(bytes, start + i, start + i + 2)).join('.');
  switch (end - start) {
    case 4:
      return formatAddress(bytes, start, end);
    case 8:
      return `${formatAddress(bytes, start, start + 4)}-${formatAddress(bytes, start + 4, end)}`;
    case 6:
      return dotted();
    case 7:
      return `${dotted()}-${toHex(bytes, end - 1, end)}`;
    default:
      return undefined;
  }
}

/** Throws ValueError. */
export function parseIgpRouterId(text: string): Uint8Array {
  const isis = /^([0-9a-f]{4})\.([0-9a-f]{4})\.([0-9a-f]{4})(?:-([0-9a-f]{2}))?$/i.exec(text);
  if (isis !== null) return fromHex(isis.slice(1).join(''));
  const [router = '', network] = text.split('-');
  const parts = [parseAddress(router), ...(network === undefined ? [] : [parseAddress(network)])];
  if (parts.some((part) => part?.length !== 4)) {
    throw new ValueError(`"${text}" is not an IGP router identifier, e.g. "192.0.2.1", "0000.0000.0042" or "0000.0000.0042-05"`);
  }
  return Uint8Array.from(parts.flatMap((part) => [...part!]));
}
