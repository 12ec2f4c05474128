/**
 * A neighbor that somebody adds while the daemon runs, judged as one of the configuration file: each value by the schema of its key, and
 * the rules between keys by the same functions. Everything that is wrong is named at once.
 */
import { networkInterfaces } from 'node:os';
import { formatAddress, formatFamily, parseAddress } from '@tsbgp/wire';
import * as v from 'valibot';
import { readRefusal } from '../config/fields.ts';
import { type BrokenRule, NEXT_HOP_SELF_WITH_ROUTE_SERVER, onlyExternal, otherKind, ownEndpoint } from '../config/neighbor-rules.ts';
import { NEIGHBOR } from '../config/schema.ts';
import { ControlError, type ControlProblem, type Endpoint, type NeighborConfig } from '../control-plane.ts';
import { quote } from '../quote.ts';

/** Names of an interface, as the kernel allows them (IFNAMSIZ), without what could be confused with other parts of an address. */
const ZONE = /^[\w.:@-]{1,15}$/;

/** The neighbor with its addresses in canonical text. Throws ControlError. */
export function checkedNeighbor(config: NeighborConfig, localAs: number, listen: readonly Endpoint[]): NeighborConfig {
  const problems: ControlProblem[] = [];
  const refuse = (field: string, message: string): void => {
    problems.push({ field: `neighbor.${field}`, sentence: message });
  };
  const read = (key: keyof typeof KEYS, value: unknown): void => {
    const problem = value === undefined ? undefined : problemOf(key, value);
    if (problem !== undefined) refuse(KEYS[key], problem);
  };
  const address = canonical(config.address);
  // A link-local address is one of an interface, which the zone names; the configuration file has none yet.
  if (!isLinkLocalWithZone(config.address)) read('address', config.address);
  read('remote-as', config.remoteAs);
  read('local-as', config.localAs);
  read('description', config.description);
  read('port', config.remotePort);
  read('multihop', config.multihopTtl);
  read('hold-time', config.holdTimeSeconds);
  read('connect-retry', config.connectRetrySeconds);
  if (config.localAddress !== undefined && !isLinkLocalWithZone(config.localAddress)) read('local-address', config.localAddress);

  const refuseRule = (field: string, found: string, broken: BrokenRule | undefined): void => {
    if (broken !== undefined) refuse(field, `found ${found} (${broken.because}), allowed ${broken.allowed}`);
  };
  const localAddress = config.localAddress === undefined ? undefined : canonical(config.localAddress);
  const place = { address, port: config.remotePort, localAddress };
  // Rules between values only where each alone is right.
  const isRead = problems.length === 0;
  if (isRead) refuseRule('address', quote(config.address), ownEndpoint(place, listen, config.passive ? [] : ownAddresses()));
  if (isRead) refuseRule('local_address', quote(config.localAddress ?? ''), otherKind(address, localAddress));
  const ours = config.localAs ?? localAs;
  if (config.remoteAs === ours) {
    if (config.routeServerClient) refuseRule('route_server_client', 'true', onlyExternal(ours, 'route-server-client'));
    if (config.multihopTtl !== undefined) refuseRule('multihop_ttl', String(config.multihopTtl), onlyExternal(ours, 'multihop'));
  }
  if (config.nextHopSelf && config.routeServerClient) refuseRule('next_hop_self', 'true', NEXT_HOP_SELF_WITH_ROUTE_SERVER);
  config.families.forEach((family, i) => {
    if (config.families.indexOf(family) < i) refuse(`families[${i}]`, `found ${formatFamily(family)} again, allowed is each family once`);
  });
  const first = problems[0];
  if (first === undefined) return { ...config, address, localAddress };
  throw new ControlError('invalid-argument', first.field, first.sentence, { further: problems.slice(1) });
}

/** The one spelling of an address: RFC 5952, and IPv4 in IPv6 form as IPv4. What is no address stays as it is. */
export function canonical(text: string): string {
  const [host = '', ...zone] = text.split('%');
  const bytes = parseAddress(host);
  if (bytes === undefined) return text;
  const plain = formatAddress(bytes);
  const mapped = plain.startsWith('::ffff:') && plain.includes('.');
  return [mapped ? plain.slice('::ffff:'.length) : plain, ...zone].join('%');
}

/** Keys of the configuration file, and the fields of the API that mean the same. */
const KEYS = {
  address: 'address',
  'remote-as': 'remote_as',
  'local-as': 'local_as',
  description: 'description',
  port: 'remote_port',
  multihop: 'multihop_ttl',
  'hold-time': 'hold_time',
  'connect-retry': 'connect_retry',
  'local-address': 'local_address',
} as const;

/** What is wrong with the value of a key, in the words of the schema. */
function problemOf(key: keyof typeof KEYS, value: unknown): string | undefined {
  const { schema, words } = NEIGHBOR.entries[key]!;
  const [issue] = v.safeParse(schema, value).issues ?? [];
  if (issue === undefined) return undefined;
  const { because } = readRefusal(issue.message);
  const found = typeof value === 'string' ? quote(value) : String(value);
  return `found ${found}${because === undefined ? '' : ` (${because})`}, allowed ${words.allowed}`;
}

function isLinkLocalWithZone(text: string): boolean {
  const [host = '', zone, rest] = text.split('%');
  const bytes = parseAddress(host);
  const linkLocal = bytes?.length === 16 && bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
  return linkLocal && zone !== undefined && rest === undefined && ZONE.test(zone);
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => canonical(address)));
}
