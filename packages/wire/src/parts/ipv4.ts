/** IPv4 addresses as text. */
import { parseIpv4 } from '../address.ts';
import { ValueError } from '../fault.ts';

/** The octets of a dotted quad. Throws ValueError. */
export function ipv4Octets(text: string): Uint8Array {
  const bytes = parseIpv4(text);
  if (bytes === undefined) throw new ValueError(`found "${text}", allowed is an IPv4 address, e.g. "192.0.2.1"`);
  return bytes;
}

/** `text`, if it is a dotted quad. Throws ValueError. */
export function parseIpv4Text(text: string): string {
  ipv4Octets(text);
  return text;
}

/** As `ipv4Octets`. The text of an error begins with `what`. */
export function dottedQuad(what: string, text: string): Uint8Array {
  const bytes = parseIpv4(text);
  if (bytes === undefined) throw new ValueError(`${what}: found "${text}", allowed a dotted quad, e.g. "192.0.2.1"`);
  return bytes;
}
