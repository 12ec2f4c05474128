/** The capabilities of a neighbor's OPEN, in ExaBGP's order. */
import { type Capability, type Family, Safi, safiOf } from '@tsbgp/wire';
import type { NeighborConfig } from '../config/neighbor.ts';
import { OPERATIONAL_CAPABILITY } from './negotiated-view.ts';

/** The families that may have ADD-PATH, in the order of the capability. */
const ADD_PATH_ORDER: readonly number[] = [Safi.Unicast, Safi.LabeledUnicast, Safi.MplsVpn, Safi.Mup];

/** RFC 4724 §3: twelve bits. */
const RESTART_TIME_MAX = 4095;

/** `softwareVersion` is the text of capability 75. */
export function capabilitiesOf(config: NeighborConfig, localAs: number, softwareVersion: string): Capability[] {
  const { capabilities, families } = config;
  const list: Capability[] = families.map((family) => ({ type: 'multiprotocol', family }));
  if (capabilities.asn4) list.push({ type: 'four-octet-as', as: localAs });
  if (capabilities.nexthop && config.nextHops.length > 0) list.push({ type: 'extended-next-hop', tuples: [...config.nextHops] });
  const addPath = addPathFamilies(config);
  if (addPath.length > 0) list.push({ type: 'add-path', families: addPath.map((family) => ({ family, ...capabilities['add-path'] })) });
  if (addPath.length > 0 && config.pathsLimits.size > 0) {
    list.push({ type: 'paths-limit', families: [...config.pathsLimits].map(([family, limit]) => ({ family, limit })) });
  }
  const restart = capabilities['graceful-restart'];
  if (restart !== undefined) {
    list.push({
      type: 'graceful-restart',
      // ExaBGP says so in every OPEN: its routes come from elsewhere and are all there at once.
      restartState: true,
      notification: false,
      restartTimeSeconds: Math.min(restart === 0 ? config.holdTimeSeconds : restart, RESTART_TIME_MAX),
      families: families.map((family) => ({ family, forwarding: true })),
    });
  }
  if (capabilities['route-refresh']) list.push({ type: 'route-refresh' }, { type: 'enhanced-route-refresh' });
  if (capabilities.operational) list.push({ type: 'unknown', code: OPERATIONAL_CAPABILITY, bytes: new Uint8Array(0) });
  if (capabilities['extended-message']) list.push({ type: 'extended-message' });
  if (config.hostName !== undefined) list.push({ type: 'fqdn', hostname: config.hostName, domain: config.domainName ?? '' });
  if (capabilities['software-version']) list.push({ type: 'software-version', version: softwareVersion });
  if (capabilities['link-local-nexthop']) list.push({ type: 'link-local-next-hop' });
  if (capabilities['multi-session']) list.push({ type: 'multisession', grouping: false, codes: [1] });
  return list;
}

function addPathFamilies({ capabilities, addPath, families }: NeighborConfig): Family[] {
  const { send, receive } = capabilities['add-path'];
  if (!send && !receive) return [];
  const rank = (family: Family): number => ADD_PATH_ORDER.indexOf(safiOf(family));
  return addPath.filter((family) => families.includes(family) && rank(family) >= 0).toSorted((a, b) => rank(a) - rank(b) || a - b);
}
