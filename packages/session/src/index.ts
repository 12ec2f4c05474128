/** @tsbgp/session: an embeddable BGP speaker. */
export { STATES, type State } from '@tsbgp/fsm';
export { INCOMING_OPEN_WAIT_SECONDS } from './bgp-connection.ts';
export type { Clock } from './clock.ts';
export type { CloseReason, CloseReasonType } from './close-reason.ts';
export { CONNECTIONS_PER_PEER_MAX } from './connection-pair.ts';
export type { PeerCounters } from './counters.ts';
export { PeerError, type PeerErrorCode } from './errors.ts';
export type { Logger } from './logger.ts';
export type { Peer, PeerLastError } from './peer.ts';
export {
  CONNECT_RETRY_SECONDS_DEFAULT,
  HIGH_WATER_BYTES_DEFAULT,
  HOLD_TIME_SECONDS_DEFAULT,
  IDLE_HOLD_SECONDS_DEFAULT,
  type PeerConfig,
  type PeerOptions,
  REMOTE_PORT_DEFAULT,
  type TcpAoKey,
} from './peer-options.ts';
export { LINGERING_PER_PEER_MAX } from './peer-session.ts';
export type { Plugin, UpdateHandler, UpdateWriter } from './plugin.ts';
export { type PeerRange, type PeerRangeConfig, RANGE_LIMIT_DEFAULT } from './range.ts';
export { REFUSAL_REASONS, REFUSED_MAX, type RefusalReason } from './refusals.ts';
export { Server } from './server.ts';
export {
  type DeletePeerOptions,
  type Endpoint,
  type ErrorOrigin,
  type ErrorPlace,
  HALF_OPEN_MAX_DEFAULT,
  type ListenOptions,
  type ServerOptions,
  type ServerStatistics,
  TURN_BUDGET_MS_DEFAULT,
} from './server-options.ts';
export type { SessionInfo } from './session-info.ts';
export { SHUTDOWN_MESSAGE_OCTETS_MAX } from './validate.ts';
