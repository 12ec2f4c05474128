/**
 * Whether routes of a neighbor stay when its session ends, and of which families (RFC 4724 §4.2, RFC 8538 §4, RFC 9494 §4.2).
 *
 *     the connection is lost, or the neighbor opened a new one          they stay
 *     NOTIFICATION, hold timer                                          they stay where both sides announced RFC 8538
 *     Hard Reset, the operator, a limit, a neighbor that is deleted     they go
 */
import { type CloseReason, isForGood, type SessionInfo } from '@tsbgp/session';
import { CeaseSubcode, type Family, formatFamily, NotificationCode, type NotificationMessage } from '@tsbgp/wire';
import type { NeighborConfig } from '../control-plane.ts';

/** How long routes of a family are kept: in seconds, from the loss of the session on, and as the last choice after that. */
export interface KeepTimes {
  readonly restartSeconds: number;
  /** 0: not at all. */
  readonly longLivedSeconds: number;
}

type Lost = Pick<SessionInfo, 'negotiated' | 'families'>;
type Times = Pick<NeighborConfig, 'gracefulRestart' | 'stalePathTimeSeconds' | 'longLivedGracefulRestart'>;

/** The families that are kept; none where the end of the session is not one that the neighbor comes back from. */
export function keptFamilies({ negotiated, families }: Lost, reason: CloseReason, config: Times): Map<Family, KeepTimes> {
  const { local, remote } = negotiated.gracefulRestart;
  const kept = new Map<Family, KeepTimes>();
  if (local === undefined || remote === undefined || config.gracefulRestart === 'off') return kept;
  if (!isCovered(reason, negotiated.gracefulNotification)) return kept;
  const restartSeconds = Math.min(remote.restartTimeSeconds, config.stalePathTimeSeconds);
  const { local: ours, remote: theirs } = negotiated.longLivedGracefulRestart;
  for (const { family } of remote.families) {
    if (!families.has(family)) continue;
    const asked = ours && theirs?.families.find((each) => each.family === family)?.staleTimeSeconds;
    const allowed = config.longLivedGracefulRestart?.[formatFamily(family)];
    kept.set(family, { restartSeconds, longLivedSeconds: Math.min(asked ?? 0, allowed ?? 0) });
  }
  return kept;
}

/** Of `kept`, the families that the neighbor says it could keep too: its routes of the others go at once (RFC 4724 §4.2, RFC 9494 §4.2). */
export function stillKept({ negotiated, families }: Lost, family: Family, isLongLived: boolean): boolean {
  const says = (all: readonly { family: Family; forwarding: boolean }[] | undefined): boolean =>
    all?.some((each) => each.family === family && each.forwarding) === true;
  if (!families.has(family) || negotiated.gracefulRestart.local === undefined) return false;
  if (!says(negotiated.gracefulRestart.remote?.families)) return false;
  return !isLongLived || says(negotiated.longLivedGracefulRestart.remote?.families);
}

function isCovered({ type, notification }: CloseReason, gracefulNotification: boolean): boolean {
  switch (type) {
    case 'connection-lost':
    case 'replaced':
      return true;
    case 'stopped':
      return false;
    case 'hold-timer':
    case 'send-hold-timer':
      return gracefulNotification;
    case 'notification-sent':
      return gracefulNotification && notification !== undefined && !isForGood(notification);
    case 'notification-received':
      return gracefulNotification && notification !== undefined && !isHardReset(notification);
  }
}

function isHardReset({ code, subcode }: NotificationMessage): boolean {
  return code === NotificationCode.Cease && subcode === CeaseSubcode.HardReset;
}
