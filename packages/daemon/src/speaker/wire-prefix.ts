/** Prefixes of requests. */
import { invalidArgument } from '../control-plane.ts';
import { parseWirePrefix, type WirePrefix } from '../keys/wire-prefix.ts';
import { quote } from '../quote.ts';

/** Reads a prefix, or an address as its longest prefix. Bits set after its length are refused. Throws ControlError. */
export function readPrefix(text: string, field: string): WirePrefix {
  const prefix = parseWirePrefix(text);
  if ('octets' in prefix) return prefix;
  const { because } = prefix;
  const sentence =
    because === undefined
      ? 'allowed is an IPv4 or IPv6 prefix, e.g. "192.0.2.0/24" or "2001:db8::/32"'
      : `which has ${because.problem}; did you mean ${because.meant.map((text) => `"${text}"`).join(' or ')}?`;
  throw invalidArgument(field, `found ${quote(text)}, ${sentence}`);
}
