/** NeighborConfig of rustbgpd.v1 from and to the configuration of a neighbor. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { rustbgpd } from '@tsbgp/api';
import { formatFamily, IPV4_UNICAST } from '@tsbgp/wire';
import { invalidArgument } from '../../control-error.ts';
import type { NeighborConfig } from '../../control-plane.ts';
import type { NeighborField } from '../../keys/neighbor-keys.ts';
import { quote } from '../../quote.ts';
import { familyName, namedFamilies } from './values.ts';

const REMOVE_PRIVATE_AS = ['remove', 'all', 'replace'];
const HOLD_TIME_MAX = 65_535;
const DESCRIPTION_MAX = 255;

/** The fields of a neighbor that the message sets. Throws ControlError `invalid-argument`. */
export function neighborValues(config: rustbgpd.NeighborConfig, localAs: number): Map<NeighborField, unknown> {
  const { remoteAsn, description, holdTime, maxPrefixes, removePrivateAs, peerGroup, routeServerClient } = config;
  if (remoteAsn === 0) throw invalidArgument('remote_asn', 'found 0, allowed 1 to 4294967295');
  if (holdTime === 1 || holdTime === 2 || holdTime > HOLD_TIME_MAX) {
    throw invalidArgument('hold_time', `found ${holdTime}, allowed 3 to ${HOLD_TIME_MAX} seconds, or 0 for the default (RFC 4271 §4.2)`);
  }
  if (description.length > DESCRIPTION_MAX || /[\p{Cc}\u2028\u2029]/u.test(description)) {
    throw invalidArgument('description', `allowed are at most ${DESCRIPTION_MAX} characters in one line`);
  }
  if (removePrivateAs !== '' && !REMOVE_PRIVATE_AS.includes(removePrivateAs)) {
    throw invalidArgument(
      'remove_private_as',
      `found ${quote(removePrivateAs)}, allowed are "", ${REMOVE_PRIVATE_AS.map(quote).join(', ')}`,
    );
  }
  if (remoteAsn === localAs && (removePrivateAs !== '' || routeServerClient)) {
    const field = routeServerClient ? 'route_server_client' : 'remove_private_as';
    throw invalidArgument(field, `allowed for neighbors of another AS only: ${remoteAsn} is our own`);
  }
  const hasGroup = peerGroup.trim() !== '';
  const families = config.families.length === 0 ? [IPV4_UNICAST] : namedFamilies(config.families);
  const values = new Map<NeighborField, unknown>([['remoteAs', remoteAsn]]);
  // Those of the group apply where none are named.
  if (config.families.length > 0 || !hasGroup) values.set('families', families);
  if (hasGroup) values.set('group', peerGroup.trim());
  if (description !== '') values.set('description', description);
  if (holdTime !== 0) values.set('holdTimeSeconds', holdTime);
  if (maxPrefixes !== 0) values.set('maxPrefix', Object.fromEntries(families.map((family) => [formatFamily(family), maxPrefixes])));
  if (removePrivateAs !== '') values.set('removePrivateAs', removePrivateAs);
  if (routeServerClient) values.set('routeServerClient', true);
  const { addPathReceive, addPathSend, addPathSendMax } = config;
  if (addPathReceive || addPathSend) values.set('addPath', addPathReceive && addPathSend ? 'both' : addPathSend ? 'send' : 'receive');
  if (addPathSend && addPathSendMax !== 0) {
    if (addPathSendMax > 65_535) throw invalidArgument('add_path_send_max', `found ${addPathSendMax}, allowed 0 to 65535`);
    values.set('addPathMax', addPathSendMax);
  }
  return values;
}

/** With the values that apply. The description of a neighbor without one is its address. */
export function configMessage(config: NeighborConfig): MessageInitShape<typeof rustbgpd.NeighborConfigSchema> {
  return {
    address: config.address,
    remoteAsn: config.remoteAs,
    description: config.description ?? config.address,
    holdTime: config.holdTimeSeconds,
    maxPrefixes: Math.max(0, ...Object.values(config.maxPrefix ?? {})),
    families: config.families.map(familyName),
    removePrivateAs: config.removePrivateAs ?? '',
    peerGroup: config.group ?? '',
    routeServerClient: config.routeServerClient,
    addPathReceive: config.addPath === 'receive' || config.addPath === 'both',
    addPathSend: config.addPath === 'send' || config.addPath === 'both',
    addPathSendMax: config.addPathMax ?? 0,
  };
}
