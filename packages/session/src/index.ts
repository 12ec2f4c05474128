/** @tsbgp/session: an embeddable BGP speaker. */
export { STATES, type State } from '@tsbgp/fsm';
export type { Clock } from './clock.ts';
export type { CloseReason, CloseReasonType } from './close-reason.ts';
export type { ErrorOrigin, ErrorPlace } from './containment.ts';
export {
  CONNECT_RETRY_SECONDS_DEFAULT,
  HALF_OPEN_MAX_DEFAULT,
  HIGH_WATER_BYTES_DEFAULT,
  HOLD_TIME_SECONDS_DEFAULT,
  IDLE_HOLD_SECONDS_DEFAULT,
  RANGE_LIMIT_DEFAULT,
  REMOTE_PORT_DEFAULT,
  TURN_BUDGET_MS_DEFAULT,
} from './defaults.ts';
export { PeerError, type PeerErrorCode } from './errors.ts';
export {
  CONNECTIONS_PER_PEER_MAX,
  INCOMING_OPEN_WAIT_SECONDS,
  LINGERING_PER_PEER_MAX,
  REFUSED_MAX,
  SHUTDOWN_MESSAGE_OCTETS_MAX,
} from './limits.ts';
export type { Logger } from './logger.ts';
export type { Peer, PeerCounters, PeerLastError } from './peer.ts';
export type { PeerConfig, PeerOptions, TcpAoKey } from './peer-options.ts';
export type { Plugin, UpdateHandler, UpdateWriter } from './plugin.ts';
export type { PeerRange, PeerRangeConfig } from './range.ts';
export { REFUSAL_REASONS, type RefusalReason } from './refusals.ts';
export { Server } from './server.ts';
export type { DeletePeerOptions, Endpoint, ListenOptions, ServerOptions, ServerStatistics } from './server-options.ts';
export type { SessionInfo } from './session-info.ts';
