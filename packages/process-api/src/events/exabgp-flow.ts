/**
 * IPv6 prefixes with an offset in flow specifications, as ExaBGP writes them: all octets of the prefix, where RFC 8956 §3.1 has only the bits after
 * the offset.
 *
 *     RFC 8956   | type | length | offset | bits from offset to length, shifted |
 *     ExaBGP     | type | length | offset | bits from 0 to length               |
 */

const PREFIX_TYPES_MAX = 2;
const END_OF_LIST = 0x80;
const ONE_OCTET_LENGTH_MAX = 239;

/** The NLRI in the form of the RFC; undefined when it cannot be one of ExaBGP's. `rdLength` is 8 for VPN families. */
export function fromExaBgpFlow(octets: Uint8Array, rdLength: number): Uint8Array | undefined {
  const head = octets[0]! > ONE_OCTET_LENGTH_MAX ? 2 : 1;
  const body: number[] = [...octets.subarray(head, head + rdLength)];
  for (let at = head + rdLength; at < octets.length; ) {
    const next = octets[at]! <= PREFIX_TYPES_MAX ? appendPrefix(octets, at, body) : appendList(octets, at, body);
    if (next === undefined || next > octets.length) return undefined;
    at = next;
  }
  const { length } = body;
  return Uint8Array.from(length > ONE_OCTET_LENGTH_MAX ? [0xf0 | (length >>> 8), length & 0xff, ...body] : [length, ...body]);
}

function appendPrefix(octets: Uint8Array, at: number, body: number[]): number | undefined {
  const [type = 0, bits = 0, offset = 0] = octets.subarray(at, at + 3);
  if (bits > 128 || offset > bits) return undefined;
  const prefix = octets.subarray(at + 3, at + 3 + ((bits + 7) >>> 3));
  body.push(type, bits, offset);
  for (let bit = offset; bit < bits; bit += 8) {
    let octet = 0;
    for (let i = 0; i < 8 && bit + i < bits; i++) octet |= (((prefix[(bit + i) >>> 3] ?? 0) >>> (7 - ((bit + i) & 7))) & 1) << (7 - i);
    body.push(octet);
  }
  return at + 3 + ((bits + 7) >>> 3);
}

function appendList(octets: Uint8Array, start: number, body: number[]): number | undefined {
  let at = start + 1;
  body.push(octets[start]!);
  while (at < octets.length) {
    const operator = octets[at]!;
    const next = at + 1 + (1 << ((operator >>> 4) & 3));
    body.push(...octets.subarray(at, next));
    at = next;
    if ((operator & END_OF_LIST) !== 0) return at;
  }
  return undefined;
}
