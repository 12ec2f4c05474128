/** SessionConfig of bgpgg as the configuration of a neighbor. What the daemon cannot do is refused, not ignored. */
import { bgpgg } from '@tsbgp/api';
import { formatFamily } from '@tsbgp/wire';
import { invalidArgument } from '../../control-error.ts';
import { UNICAST_FAMILIES } from '../../keys/families.ts';
import type { NeighborField } from '../../keys/neighbor-keys.ts';

const U32_MAX = 0xffff_ffff;

/** The fields of a neighbor that the message sets. Throws ControlError `invalid-argument`. */
export function sessionValues(config: bgpgg.SessionConfig): Map<NeighborField, unknown> {
  refuseOthers(config);
  const values = new Map<NeighborField, unknown>();
  const set = (field: NeighborField, value: unknown): void => {
    if (value !== undefined) values.set(field, value);
  };
  set('remoteAs', config.asn);
  set('passive', config.passiveMode);
  set('connectRetrySeconds', seconds(config.idleHoldTimeSecs, 1, 65_535, 'config.idle_hold_time_secs'));
  const interval = seconds(config.minRouteAdvertisementIntervalSecs, 0, 600, 'config.min_route_advertisement_interval_secs');
  set('advertisementIntervalSeconds', interval === 0 ? undefined : interval);
  const { maxPrefix, gracefulRestart } = config;
  if (maxPrefix !== undefined) {
    if (maxPrefix.limit === 0) throw invalidArgument('config.max_prefix.limit', `found 0, allowed 1 to ${U32_MAX}`);
    set('maxPrefix', Object.fromEntries(UNICAST_FAMILIES.map((family) => [formatFamily(family), maxPrefix.limit])));
    set('maxPrefixAction', maxPrefix.action === bgpgg.MaxPrefixAction.DISCARD ? 'discard' : 'shutdown');
  }
  if (gracefulRestart?.enabled === false) set('gracefulRestart', 'off');
  else if (gracefulRestart?.restartTimeSecs !== undefined) {
    const { restartTimeSecs } = gracefulRestart;
    if (restartTimeSecs > 4095) {
      throw invalidArgument('config.graceful_restart.restart_time_secs', `found ${restartTimeSecs}, allowed 0 to 4095 (RFC 4724 §3)`);
    }
    set('gracefulRestart', 'restarting');
    set('restartTimeSeconds', restartTimeSecs);
  }
  return values;
}

/** Options of the state machine (RFC 4271 §8.1) that have one value here. */
function refuseOthers(config: bgpgg.SessionConfig): void {
  const fixed = (field: string, found: boolean | bigint | undefined, only: boolean | bigint): void => {
    if (found !== undefined && found !== only) throw invalidArgument(`config.${field}`, `found ${found}, allowed is ${only} here`);
  };
  fixed('damp_peer_oscillations', config.dampPeerOscillations, true);
  fixed('allow_automatic_stop', config.allowAutomaticStop, true);
  fixed('delay_open_time_secs', config.delayOpenTimeSecs, 0n);
  fixed('send_notification_without_open', config.sendNotificationWithoutOpen, false);
  fixed('collision_detect_established_state', config.collisionDetectEstablishedState, false);
}

function seconds(value: bigint | undefined, min: number, max: number, field: string): number | undefined {
  if (value === undefined) return undefined;
  if (value < min || value > max) throw invalidArgument(field, `found ${value}, allowed ${min} to ${max} seconds`);
  return Number(value);
}
