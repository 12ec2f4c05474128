/** PeerGroupDefinition of rustbgpd.v1 as a section of `groups` in the configuration file, and back. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { rustbgpd } from '@tsbgp/api';
import { formatFamily, parseFamily } from '@tsbgp/wire';
import { invalidArgument } from '../../control-error.ts';
import { isMapping } from '../../keys/fields.ts';
import { quote } from '../../quote.ts';
import { unimplemented } from './errors.ts';
import { familyName, namedFamilies } from './values.ts';

type Definition = rustbgpd.PeerGroupDefinition;
type Written = Readonly<Record<string, unknown>>;

/** Fields whose value is that of a key. */
const KEYS = [
  ['holdTime', 'hold-time'],
  ['md5Password', 'password'],
  ['maxPrefixes', 'max-prefix'],
  ['grRestartTime', 'restart-time'],
  ['localIpv6Nexthop', 'next-hop-ipv6'],
  ['routeReflectorClient', 'route-reflector-client'],
  ['routeServerClient', 'route-server-client'],
  ['removePrivateAs', 'remove-private-as'],
  ['addPathSendMax', 'add-path-max'],
] as const satisfies readonly (readonly [keyof Definition, string])[];

/** The section of a group; the daemon checks the values as it reads them. `chain` makes a chain of names. Throws ControlError, and `UNIMPLEMENTED`. */
export function writtenGroup(definition: Definition, chain: (names: readonly string[]) => readonly string[]): Written {
  if (definition.importPolicy.length > 0 || definition.exportPolicy.length > 0) {
    throw unimplemented('definition.import_policy and export_policy: give the statements a name with SetPolicy, and name it in the chain');
  }
  const { families, gracefulRestart, grStaleRoutesTime, llgrStaleTime, addPathReceive = false, addPathSend = false } = definition;
  const { removePrivateAs } = definition;
  if (removePrivateAs !== undefined && !['', 'remove', 'all', 'replace'].includes(removePrivateAs)) {
    throw invalidArgument('definition.remove_private_as', `found ${quote(removePrivateAs)}, allowed are "", "remove", "all", "replace"`);
  }
  const written: Record<string, unknown> = {};
  for (const [field, key] of KEYS) if (definition[field] !== undefined && definition[field] !== '') written[key] = definition[field];
  if (definition.ttlSecurity === true) written['ttl-security'] = 1;
  // Without a limit in rustbgpd, and the number of none here.
  if (definition.maxPrefixes === 0) delete written['max-prefix'];
  if (definition.addPathSendMax === 0) delete written['add-path-max'];
  if (families.length > 0) written['families'] = namedFamilies(families).map(formatFamily);
  if (gracefulRestart !== undefined) written['graceful-restart'] = gracefulRestart ? 'restarting' : 'off';
  if (grStaleRoutesTime !== undefined) written['stale-path-time'] = Number(grStaleRoutesTime);
  if (llgrStaleTime !== undefined && llgrStaleTime > 0) written['long-lived-graceful-restart'] = llgrStaleTime;
  if (addPathReceive || addPathSend) written['add-path'] = addPathReceive && addPathSend ? 'both' : addPathSend ? 'send' : 'receive';
  if (definition.importPolicyChain.length > 0) written['import'] = chain(definition.importPolicyChain);
  if (definition.exportPolicyChain.length > 0) written['export'] = chain(definition.exportPolicyChain);
  return written;
}

/** What of a section has a field, but for the password. `shown` makes names of a chain as the file has it. */
export function groupDefinition(
  written: unknown,
  shown: (chain: unknown) => string[],
): MessageInitShape<typeof rustbgpd.PeerGroupDefinitionSchema> {
  const section: Written = isMapping(written) ? written : {};
  const scalars = KEYS.filter(
    ([field, key]) => field !== 'md5Password' && ['number', 'string', 'boolean'].includes(typeof section[key]),
  ).map(([field, key]) => [field, section[key]] as const);
  const restart = section['graceful-restart'];
  const stale = section['stale-path-time'];
  const longLived = section['long-lived-graceful-restart'];
  const addPath = section['add-path'];
  const { policy, import: ins = policy, export: out = policy } = section;
  return {
    ...Object.fromEntries(scalars),
    ...(section['ttl-security'] !== undefined && { ttlSecurity: section['ttl-security'] === 1 }),
    families: familiesOf(section['families']),
    ...(restart !== undefined && { gracefulRestart: restart !== 'off' }),
    ...(typeof stale === 'number' && { grStaleRoutesTime: BigInt(stale) }),
    ...(typeof longLived === 'number' && { llgrStaleTime: longLived }),
    ...(addPath !== undefined && { addPathReceive: addPath !== 'send', addPathSend: addPath !== 'receive' }),
    importPolicyChain: shown(ins),
    exportPolicyChain: shown(out),
  };
}

function familiesOf(written: unknown): string[] {
  if (!Array.isArray(written)) return [];
  return written.map((name: unknown) => {
    const family = parseFamily(String(name));
    return family === undefined ? String(name) : familyName(family);
  });
}
