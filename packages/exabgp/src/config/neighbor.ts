/** A neighbor as the file says, checked, with its defaults. */
import { ALL_FAMILIES, type ApiBlock, familyName, type OperationalConfig, type Route, SyntaxFault } from '@tsbgp/process-api';
import { afiOf, type Family, formatFamily, IPV4_UNICAST, parseAddress, parseIpv4 } from '@tsbgp/wire';
import { CAPABILITY_DEFAULTS, type Capabilities } from './capabilities.ts';
import type { NeighborDraft } from './neighbor-draft.ts';
import type { TcpAoConfig } from './tcp-ao-section.ts';

export const HOLD_TIME_SECONDS_DEFAULT = 180;

export interface NeighborConfig {
  /** The address, or of a range the network. */
  readonly peerAddress: string;
  /** Of a range: the length of its prefix. */
  readonly rangeBits: number | undefined;
  /** An address, or `auto`. */
  readonly localAddress: string;
  readonly localAs: number | 'auto';
  readonly peerAs: number | 'auto';
  readonly routerId: string;
  readonly localLinkLocal: string | undefined;
  readonly description: string;
  readonly hostName: string | undefined;
  readonly domainName: string | undefined;
  readonly holdTimeSeconds: number;
  /** Messages a second; 0: no limit. */
  readonly rateLimit: number;
  readonly passive: boolean;
  readonly listen: number | undefined;
  readonly connect: number | undefined;
  readonly sourceInterface: string | undefined;
  readonly outgoingTtl: number | undefined;
  readonly incomingTtl: number | undefined;
  readonly md5Password: string | undefined;
  readonly md5Ip: string | undefined;
  readonly tcpAo: TcpAoConfig | undefined;
  readonly groupUpdates: boolean;
  readonly autoFlush: boolean;
  readonly adjRibIn: boolean;
  readonly adjRibOut: boolean;
  readonly manualEor: boolean;
  /** By AFI and SAFI. */
  readonly families: readonly Family[];
  readonly capabilities: Capabilities;
  /** Families of ADD-PATH. */
  readonly addPath: readonly Family[];
  readonly pathsLimits: ReadonlyMap<Family, number>;
  readonly nextHops: readonly { readonly family: Family; readonly nextHopAfi: number }[];
  readonly api: readonly ApiBlock[];
  readonly routes: readonly Route[];
  readonly operational: readonly OperationalConfig[];
}

/** `neighbor PEER local-ip …`: selectors and logs use it. */
export function neighborName(config: NeighborConfig): string {
  const { peerAddress, localAddress, localAs, peerAs, routerId } = config;
  return `neighbor ${peerAddress} local-ip ${localAddress} local-as ${localAs} peer-as ${peerAs} router-id ${routerId} family-allowed ${familiesAllowed(config)}`;
}

function familiesAllowed({ capabilities, families }: NeighborConfig): string {
  return capabilities['multi-session'] ? families.map((family) => familyName(family, '-')).join('/') : 'in-open';
}

/** `line` is that of the section. Throws SyntaxFault. */
export function finishNeighbor(peerAddress: string, rangeBits: number | undefined, draft: NeighborDraft, line: number): NeighborConfig {
  const { values } = draft;
  const localAddress = values['local-address'];
  const missing = (['local-address', 'local-as', 'peer-as'] as const).filter((name) => values[name] === undefined);
  if (localAddress === undefined || missing.length > 0) {
    throw new SyntaxFault(`found no ${missing.join(', ')}, e.g. "local-address 192.0.2.1; local-as 65000; peer-as 65001;"`, line);
  }
  const isAuto = localAddress === 'auto';
  if (!isAuto && parseAddress(localAddress)?.length !== parseAddress(peerAddress)?.length) {
    throw new SyntaxFault(`found local-address ${localAddress} and peer ${peerAddress}, allowed are two addresses of one IP version`, line);
  }
  const routerId = values['router-id'] ?? (isAuto || parseIpv4(localAddress) === undefined ? undefined : localAddress);
  if (routerId === undefined)
    throw new SyntaxFault('found no router-id, which an IPv6 or automatic local-address needs, e.g. "router-id 192.0.2.1"', line);
  if (routerId === '0.0.0.0') throw new SyntaxFault('found router-id 0.0.0.0, allowed is another one (RFC 6286)', line);
  const passive = values.passive ?? rangeBits !== undefined;
  if (rangeBits !== undefined && !passive) throw new SyntaxFault('found a range that is not passive, allowed is "passive true"', line);
  if (draft.tcpAo !== undefined && values['md5-password'] !== undefined) {
    throw new SyntaxFault('found tcp-ao and md5-password, allowed is one of the two (RFC 5925 §1)', line);
  }
  const capabilities: Capabilities = { ...CAPABILITY_DEFAULTS, ...(draft.hasNextHops && { nexthop: true }), ...draft.capabilities };
  const families = (draft.families.length > 0 ? [...draft.families] : [...ALL_FAMILIES]).toSorted((a, b) => a - b);
  checkFamilies(draft, families, line);
  return {
    peerAddress,
    rangeBits,
    localAddress,
    localAs: values['local-as']!,
    peerAs: values['peer-as']!,
    routerId,
    localLinkLocal: values['local-link-local'],
    description: values.description ?? '',
    hostName: values['host-name'],
    domainName: values['domain-name'],
    holdTimeSeconds: values['hold-time'] ?? HOLD_TIME_SECONDS_DEFAULT,
    rateLimit: values['rate-limit'] ?? 0,
    passive,
    listen: values.listen,
    connect: values.connect,
    sourceInterface: values['source-interface'],
    outgoingTtl: values['outgoing-ttl'],
    incomingTtl: values['incoming-ttl'],
    md5Password: passwordOf(values['md5-password'], values['md5-base64']),
    md5Ip: values['md5-ip'],
    tcpAo: draft.tcpAo,
    groupUpdates: values['group-updates'] ?? true,
    autoFlush: values['auto-flush'] ?? true,
    adjRibIn: values['adj-rib-in'] ?? true,
    adjRibOut: capabilities['route-refresh'] || (values['adj-rib-out'] ?? true),
    manualEor: values['manual-eor'] ?? false,
    families,
    capabilities,
    addPath: draft.hasAddPath ? draft.addPath.map(({ family }) => family) : families,
    pathsLimits: new Map(draft.addPath.flatMap(({ family, limit }) => (limit === undefined ? [] : [[family, limit] as const]))),
    nextHops: draft.nextHops,
    api: draft.api,
    routes: draft.routes,
    operational: draft.operational,
  };
}

function passwordOf(password: string | undefined, isBase64: boolean | undefined): string | undefined {
  return password !== undefined && isBase64 === true ? Buffer.from(password, 'base64').toString() : password;
}

function checkFamilies(draft: NeighborDraft, families: readonly Family[], line: number): void {
  const known = new Set(families);
  for (const { family } of draft.nextHops) {
    if (!known.has(family)) throw new SyntaxFault(`nexthop: found ${familyName(family)}, allowed is a family of the neighbor`, line);
  }
  const seen = new Set<Family>();
  for (const { family } of draft.routes) {
    if (seen.has(family)) continue;
    seen.add(family);
    // ExaBGP takes IPv4 unicast in any case, because of RFC 4760 §8.
    if (known.has(family) || family === IPV4_UNICAST) continue;
    const name = afiOf(family) === 0 ? formatFamily(family) : familyName(family);
    throw new SyntaxFault(
      `found a route of ${name}, allowed are the families of the neighbor: ${families.map((each) => familyName(each)).join(', ')}`,
      line,
    );
  }
}
