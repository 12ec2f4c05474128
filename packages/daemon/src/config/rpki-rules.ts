/** Rules between the keys of the section `rpki`, and its values with their defaults. */
import { dirname, resolve } from 'node:path';
import { parseAddress } from '@tsbgp/wire';
import { formatEndpoint, isIpv6 } from '../endpoint.ts';
import type { Path } from '../keys/fields.ts';
import { NEIGHBOR_KEYS, type RawNeighbor } from '../keys/neighbor-keys.ts';
import { NO_RPKI, RPKI_WAIT_SECONDS_DEFAULT, type RpkiCacheConfig, type RpkiConfig, type RpkiTransport } from '../rpki-config.ts';
import type { Findings } from './findings.ts';
import type { RawCache, RawRpki } from './rpki-section.ts';
import type { RawConfig } from './schema.ts';

const PORTS: Readonly<Record<RpkiTransport, number>> = { tcp: 323, md5: 323, tls: 324, ssh: 22 };

/** Keys that belong to one transport. */
const ONLY_WITH = [
  ['password', 'md5'],
  ['tls', 'tls'],
  ['ssh', 'ssh'],
] as const satisfies readonly (readonly [keyof RawCache, RpkiTransport])[];

export function checkRpkiSection({ rpki }: RawConfig, findings: Findings): void {
  const names = new Map<string, number>();
  rpki?.caches?.forEach((cache, i) => {
    if (cache?.address === undefined) return;
    const path: Path = ['rpki', 'caches', i];
    checkTransport(cache, path, findings);
    const name = nameOf(cache);
    const before = names.get(name);
    if (before === undefined) names.set(name, i);
    else {
      const key = cache.name === undefined ? 'address' : 'name';
      const rule = { because: `rpki.caches[${before}] is "${name}" too`, allowed: 'each cache once, and each name once' };
      findings.refuse('duplicate-value', [...path, key], rule);
    }
  });
  for (const key of ['files', 'slurm'] as const) pathsOnce(rpki?.[key] ?? [], ['rpki', key], findings);
}

/** Keys of neighbors that ask RPKI, where there is none to ask: every route is "not found", or "unknown". */
export function warnWithoutRpki({ rpki, defaults, groups, neighbors }: RawConfig, findings: Findings): void {
  if (rpki !== undefined) return;
  const warn = (section: RawNeighbor | undefined, path: Path): void => {
    for (const field of ['rov', 'aspa'] as const) {
      if (section?.[field] === undefined || section[field] === 'off') continue;
      const text = 'has no effect: the file has no section "rpki", so that nothing is known of any route';
      findings.warn('no-effect', [...path, NEIGHBOR_KEYS[field].key], text);
    }
  };
  warn(defaults, ['defaults']);
  for (const [name, group] of Object.entries(groups ?? {})) warn(group, ['groups', name]);
  neighbors?.forEach((neighbor, i) => warn(neighbor, ['neighbors', i]));
}

function checkTransport(cache: RawCache, path: Path, findings: Findings): void {
  const { transport = 'tcp', address, password, 'local-address': localAddress } = cache;
  for (const [key, only] of ONLY_WITH) {
    if (transport === only || !findings.isWritten([...path, key])) continue;
    findings.refuse('conflicting-keys', [...path, key], { because: `transport is ${transport}`, allowed: `only with transport: ${only}` });
  }
  const isAddress = parseAddress(address!) !== undefined;
  if (transport === 'md5') {
    if (password === undefined && !findings.isWritten([...path, 'password'])) {
      findings.refuse('conflicting-keys', [...path, 'transport'], { because: 'without password', allowed: 'md5 with a password' });
    }
    const allowed = 'an address, because the kernel signs for addresses';
    if (!isAddress) findings.refuse('conflicting-keys', [...path, 'address'], { because: 'transport is md5', allowed });
  }
  const { cert, key } = cache.tls ?? {};
  if ((cert === undefined) !== (key === undefined)) {
    const [written, missing] = cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
    if (!findings.isWritten([...path, 'tls', missing!])) {
      findings.refuse('conflicting-keys', [...path, 'tls', written!], { because: `without ${missing}`, allowed: 'cert and key together' });
    }
  }
  if (localAddress !== undefined && isAddress && isIpv6(localAddress) !== isIpv6(address!)) {
    const kind = isIpv6(address!) ? 'IPv6' : 'IPv4';
    findings.refuse('conflicting-keys', [...path, 'local-address'], {
      because: `the cache has an ${kind} address`,
      allowed: `an ${kind} address`,
    });
  }
}

function pathsOnce(paths: readonly (string | undefined)[], path: Path, findings: Findings): void {
  paths.forEach((each, i) => {
    if (each === undefined || paths.indexOf(each) === i) return;
    findings.refuse('duplicate-value', [...path, i], { because: 'it is there already', allowed: 'each file once' });
  });
}

/** The values with their defaults. Paths in `file`, the name of the configuration file, are from its folder. The section passed the rules. */
export function rpkiConfig(raw: RawRpki | undefined, file: string): RpkiConfig {
  if (raw === undefined) return NO_RPKI;
  const place = (path: string): string => resolve(dirname(file), path);
  return {
    caches: present(raw.caches).map((cache) => cacheOf(cache, place)),
    files: present(raw.files).map(place),
    slurm: present(raw.slurm).map(place),
    waitSeconds: raw.wait ?? RPKI_WAIT_SECONDS_DEFAULT,
  };
}

function cacheOf(raw: RawCache, place: (path: string) => string): RpkiCacheConfig {
  const { transport = 'tcp', tls = {}, ssh = {} } = raw;
  const placed = (path: string | undefined): string | undefined => (path === undefined ? undefined : place(path));
  return {
    name: nameOf(raw),
    address: raw.address!,
    port: raw.port ?? PORTS[transport],
    transport,
    preference: raw.preference ?? 1,
    localAddress: raw['local-address'],
    password: raw.password,
    tls: { ca: placed(tls.ca), cert: placed(tls.cert), key: placed(tls.key), name: tls.name },
    ssh: { user: ssh.user, identityFile: placed(ssh['identity-file']), knownHosts: placed(ssh['known-hosts']) },
    refresh: raw.refresh,
    retry: raw.retry,
    expire: raw.expire,
  };
}

function nameOf({ name, address, port, transport = 'tcp' }: RawCache): string {
  return name ?? formatEndpoint({ host: address!, port: port ?? PORTS[transport] });
}

function present<T>(items: readonly (T | undefined)[] | undefined): T[] {
  return (items ?? []).filter((item) => item !== undefined);
}
