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

const OPPOSITES: ReadonlyMap<number, number> = new Map([
  [Role.Provider, Role.Customer],
  [Role.Customer, Role.Provider],
  [Role.RouteServer, Role.RouteServerClient],
  [Role.RouteServerClient, Role.RouteServer],
  [Role.Peer, Role.Peer],
]);

/** The only role of the peer that fits a role of ours (RFC 9234 §4.2, table 2); undefined for a number that is not assigned. */
export function roleOpposite(role: number): number | undefined {
  return OPPOSITES.get(role);
}

/**
 * Why two roles do not fit, and what either side must be set to: for the operators of both ends. Undefined is a peer that sent no role, or whose
 * role we do not know.
 */
export function roleMismatch(local: number, remote: number | undefined): string {
  const wanted = roleOpposite(local);
  const theirs = wanted === undefined ? 'an assigned one' : formatRole(wanted);
  if (remote === undefined) return `our role is ${formatRole(local)}: the peer's must be ${theirs}`;
  const ours = roleOpposite(remote);
  const found = `our role is ${formatRole(local)}, the peer's ${formatRole(remote)}`;
  return `${found}: either the peer's must be ${theirs}${ours === undefined ? '' : `, or ours ${formatRole(ours)}`}`;
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
