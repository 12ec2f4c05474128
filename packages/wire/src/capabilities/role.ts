/** BGP Role, capability 9 (RFC 9234 §4.1): what the sender is to its peer. */
import { parseNumber } from '../numbers.ts';
import { U8 } from '../parts/json-form.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { noMoreWords } from './text.ts';

/** Roles of a speaker towards its peer (RFC 9234 §4.1). */
export const Role = { Provider: 0, RouteServer: 1, RouteServerClient: 2, Customer: 3, Peer: 4 } as const;

/** BGP Role (RFC 9234 §4.1). */
export interface RoleCapability {
  type: 'role';
  /** One of `Role`. A peer may also send an unassigned number. */
  role: number;
}

const NAMES = ['provider', 'rs', 'rs-client', 'customer', 'peer'];

/** `provider`, `rs`, `rs-client`, `customer`, `peer`, or the number. */
export function formatRole(role: number): string {
  return NAMES[role] ?? String(role);
}

export const role: CapabilityCodec<RoleCapability> = {
  code: CapabilityCode.Role,
  type: 'role',
  name: 'BGP Role',
  malformed: 'reset',
  members: { role: U8 },
  decode: (bytes, start, end) => (end - start === 1 ? { type: 'role', role: bytes[start]! } : undefined),
  encode(out, value) {
    out.u8(value.role);
  },
  format: (value) => formatRole(value.role),
  parse([word, ...rest]) {
    noMoreWords(rest);
    const named = NAMES.indexOf(word ?? '');
    return { type: 'role', role: named >= 0 ? named : parseNumber(word, 0xff, `role (${NAMES.join(', ')}, or a number)`) };
  },
};
