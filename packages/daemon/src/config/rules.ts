/**
 * What holds between keys, where each alone is right. Runs over whatever the schema let pass, so that one run shows everything.
 *
 * `effective` is a neighbor with `defaults` below it. A key that stands in `defaults` and makes no sense for one kind of neighbor (multihop
 * and route-server-client for iBGP) does not count there; written at such a neighbor itself it is an error.
 */
import { afiOf, formatFamily } from '@tsbgp/wire';
import type { DefaultPolicy, Endpoint } from '../control-plane.ts';
import type { ConfigError, ConfigWarning, Path } from './config-error.ts';
import { formatPath, ConfigError as Refused } from './config-error.ts';
import { LISTEN_DEFAULT, REMOTE_PORT_DEFAULT } from './defaults.ts';
import { type BrokenRule, NEXT_HOP_SELF_WITH_ROUTE_SERVER, onlyExternal, otherKind, ownEndpoint } from './neighbor-rules.ts';
import { type RawConfig, type RawNeighbor, SCHEMA } from './schema.ts';
import { errorAt } from './validate.ts';
import { formatEndpoint, isIpv6, isLoopback, overlaps } from './values.ts';
import type { YamlSource } from './yaml-source.ts';

export interface Findings {
  readonly errors: ConfigError[];
  readonly warnings: ConfigWarning[];
}

export function applyRules(source: YamlSource, raw: RawConfig): Findings {
  const found: Findings = { errors: [], warnings: [] };
  listenersApart(source, raw, found);
  if (raw.defaults !== undefined) samePolicyTwice(source, raw.defaults, ['defaults'], found);
  if (raw.defaults?.families !== undefined) familiesOnce(source, raw.defaults.families, ['defaults', 'families'], found);

  const seen = new Map<string, number>();
  raw.neighbors?.forEach((own, i) => {
    if (own !== undefined) checkNeighbor(source, raw, own, i, seen, found);
  });
  warnAboutPolicy(source, raw, found);
  if (raw.api?.tcp !== undefined && !isLoopback(raw.api.tcp.host)) {
    const text = `the API answers on ${formatEndpoint(raw.api.tcp)} without authentication: whoever reaches it may do everything; e.g. "tcp: 127.0.0.1:${raw.api.tcp.port}"`;
    found.warnings.push({ code: 'api-open', ...source.placeOf(['api', 'tcp']), path: 'api.tcp', text });
  }
  return found;
}

function isIbgp(raw: RawConfig, neighbor: RawNeighbor): boolean | undefined {
  const localAs = neighbor['local-as'] ?? raw.global?.as;
  const remoteAs = neighbor['remote-as'];
  return localAs === undefined || remoteAs === undefined ? undefined : localAs === remoteAs;
}

/** A neighbor over `defaults`. The three policy keys go together: a neighbor's `policy` outweighs a default `import`. */
export function effective(raw: RawConfig, own: RawNeighbor): RawNeighbor & { import?: DefaultPolicy; export?: DefaultPolicy } {
  const standard = raw.defaults ?? {};
  const merged: RawNeighbor = { ...standard, ...own };
  const importPolicy = own.import ?? own.policy ?? standard.import ?? standard.policy;
  const exportPolicy = own.export ?? own.policy ?? standard.export ?? standard.policy;
  if (importPolicy !== undefined) merged.import = importPolicy;
  if (exportPolicy !== undefined) merged.export = exportPolicy;
  if (isIbgp(raw, merged) === true) {
    for (const key of EBGP_ONLY) if (own[key] === undefined) delete merged[key];
  }
  return merged;
}

const EBGP_ONLY = ['multihop', 'route-server-client'] as const;

function checkNeighbor(source: YamlSource, raw: RawConfig, own: RawNeighbor, i: number, seen: Map<string, number>, found: Findings): void {
  const path: Path = ['neighbors', i];
  const neighbor = effective(raw, own);
  const { address } = neighbor;

  if (neighbor['remote-as'] === undefined && !wasRefused(source, raw, i)) {
    found.errors.push(errorAt(source, SCHEMA, [...path, 'remote-as'], 'missing-key'));
  }
  if (address !== undefined) {
    const before = seen.get(address);
    if (before === undefined) seen.set(address, i);
    else {
      const { line } = source.placeOf(['neighbors', before, 'address']);
      refuse(
        source,
        found,
        'duplicate-neighbor',
        [...path, 'address'],
        `neighbors[${before}] on line ${line} is the same`,
        'each address once',
      );
    }
    notOurselves(source, raw, neighbor, path, found);
    sameKind(source, own, raw, neighbor, path, found);
    if (neighbor.passive === true) somethingListens(source, raw, address, path, found);
  }
  samePolicyTwice(source, own, path, found);
  if (own.families !== undefined) familiesOnce(source, own.families, [...path, 'families'], found);

  if (isIbgp(raw, neighbor) === true) {
    const as = neighbor['remote-as'];
    if (own.multihop !== undefined) {
      refuseRule(source, found, 'conflicting-keys', [...path, 'multihop'], onlyExternal(as!, 'multihop'));
    }
    if (own['route-server-client'] === true) {
      refuseRule(source, found, 'conflicting-keys', [...path, 'route-server-client'], onlyExternal(as!, 'route-server-client'));
    }
  }
  if (neighbor['next-hop-self'] === true && neighbor['route-server-client'] === true) {
    const at: Path = own['next-hop-self'] === true ? path : own['route-server-client'] === true ? path : ['defaults'];
    const key = own['next-hop-self'] === undefined && own['route-server-client'] === true ? 'route-server-client' : 'next-hop-self';
    refuseRule(source, found, 'conflicting-keys', [...at, key], NEXT_HOP_SELF_WITH_ROUTE_SERVER);
  }
}

/** The key is written but was wrong: there is an error about it already. */
function wasRefused(source: YamlSource, raw: RawConfig, i: number): boolean {
  const written = source.foundAt(['neighbors', i, 'remote-as']) !== 'nothing';
  return written || (raw.defaults?.['remote-as'] === undefined && source.foundAt(['defaults', 'remote-as']) !== 'nothing');
}

function notOurselves(source: YamlSource, raw: RawConfig, neighbor: RawNeighbor, path: Path, found: Findings): void {
  const listen = (raw.global?.listen ?? LISTEN_DEFAULT).filter((one) => one !== undefined);
  const place = { address: neighbor.address!, port: neighbor.port ?? REMOTE_PORT_DEFAULT, localAddress: neighbor['local-address'] };
  const broken = ownEndpoint(place, listen);
  if (broken !== undefined) refuseRule(source, found, 'own-address', [...path, 'address'], broken);
}

function sameKind(source: YamlSource, own: RawNeighbor, raw: RawConfig, neighbor: RawNeighbor, path: Path, found: Findings): void {
  const broken = otherKind(neighbor.address!, neighbor['local-address']);
  if (broken === undefined) return;
  const at: Path =
    own['local-address'] === undefined && raw.defaults !== undefined ? ['defaults', 'local-address'] : [...path, 'local-address'];
  // Of a key in `defaults` the message says which neighbor it does not fit.
  refuseRule(source, found, 'conflicting-keys', at, { ...broken, because: broken.because.replace('the neighbor', formatPath(path)) });
}

function somethingListens(source: YamlSource, raw: RawConfig, address: string, path: Path, found: Findings): void {
  const { listen } = raw.global ?? {};
  if (listen === undefined || listen.some((one) => one === undefined || isIpv6(one.host) === isIpv6(address))) return;
  const kind = isIpv6(address) ? 'IPv6' : 'IPv4';
  const text = `passive, but global.listen has no ${kind} address: it can never come up; e.g. "listen: ["${isIpv6(address) ? '[::]' : '0.0.0.0'}:179"]"`;
  found.warnings.push({ code: 'never-connects', ...source.placeOf([...path, 'address']), path: formatPath([...path, 'address']), text });
}

function samePolicyTwice(source: YamlSource, own: RawNeighbor, path: Path, found: Findings): void {
  if (own.policy === undefined || (own.import === undefined && own.export === undefined)) return;
  const other = own.import === undefined ? 'export' : 'import';
  refuse(source, found, 'conflicting-keys', [...path, 'policy'], `with ${other} beside it`, 'policy alone, or import and export');
}

function familiesOnce(source: YamlSource, families: NonNullable<RawNeighbor['families']>, path: Path, found: Findings): void {
  if (families.length === 0) found.errors.push(errorAt(source, SCHEMA, path, 'invalid-value', 'empty'));
  families.forEach((one, i) => {
    if (one !== undefined && families.indexOf(one) < i) {
      refuse(source, found, 'duplicate-value', [...path, i], undefined, `${formatFamily(one)} once`);
    }
  });
}

function listenersApart(source: YamlSource, raw: RawConfig, found: Findings): void {
  const claims: { path: Path; endpoint: Endpoint }[] = [];
  const claim = (endpoint: Endpoint | undefined, path: Path) => {
    if (endpoint === undefined) return;
    const other = claims.find((one) => overlaps(one.endpoint, endpoint));
    if (other === undefined) claims.push({ path, endpoint });
    else
      refuse(
        source,
        found,
        'duplicate-value',
        path,
        `${formatPath(other.path)} is ${formatEndpoint(other.endpoint)}`,
        'an address and port of its own',
      );
  };
  raw.global?.listen?.forEach((one, i) => claim(one, ['global', 'listen', i]));
  claim(raw.api?.tcp, ['api', 'tcp']);
  claim(raw.http?.listen, ['http', 'listen']);
}

/** RFC 8212: one warning for all neighbors that say the same, or 500 of them would hide everything else. */
function warnAboutPolicy(source: YamlSource, raw: RawConfig, found: Findings): void {
  for (const [missing, what] of [
    ['import and export', 'imports and exports nothing'],
    ['import', 'imports nothing'],
    ['export', 'exports nothing'],
  ] as const) {
    const concerned = (raw.neighbors ?? []).flatMap((own, i) => {
      if (own?.address === undefined) return [];
      const neighbor = effective(raw, own);
      const lacks = [neighbor.import === undefined ? 'import' : '', neighbor.export === undefined ? 'export' : ''].filter(
        (one) => one !== '',
      );
      return isIbgp(raw, neighbor) === false && lacks.join(' and ') === missing ? [i] : [];
    });
    const first = concerned[0];
    if (first === undefined) continue;
    const others = concerned.length === 1 ? '' : ` (and ${concerned.length - 1} more)`;
    const key = missing === 'import and export' ? 'policy' : missing;
    const text = `eBGP without ${missing} policy ${what} (RFC 8212)${others}; write "${key}: accept-all" or "${key}: deny-all" there or in defaults`;
    const path: Path = ['neighbors', first];
    found.warnings.push({ code: 'no-policy', ...source.placeOf([...path, 'address']), path: formatPath(path), text });
  }
}

function refuseRule(source: YamlSource, found: Findings, code: ConfigError['code'], path: Path, broken: BrokenRule): void {
  refuse(source, found, code, path, broken.because, broken.allowed);
}

function refuse(
  source: YamlSource,
  found: Findings,
  code: ConfigError['code'],
  path: Path,
  because: string | undefined,
  allowed: string,
): void {
  const plain = errorAt(source, SCHEMA, path, code, because);
  found.errors.push(
    new Refused({
      code,
      file: plain.file,
      line: plain.line,
      column: plain.column,
      path: plain.path,
      found: plain.found,
      allowed,
      example: plain.example,
    }),
  );
}

/** The families of an address when nobody names any. */
export function familiesOf(address: string, known: readonly Parameters<typeof afiOf>[0][]): Parameters<typeof afiOf>[0][] {
  const afi = isIpv6(address) ? 2 : 1;
  return known.filter((one) => afiOf(one) === afi);
}
