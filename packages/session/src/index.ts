/** @tsbgp/session: an embeddable BGP speaker. */
export { STATES, type State } from '@tsbgp/fsm';
export { INCOMING_OPEN_WAIT_SECONDS } from './bgp-connection.ts';
export type { Clock } from './clock.ts';
export type { CloseReason, CloseReasonType } from './close-reason.ts';
export { CONNECTIONS_PER_PEER_MAX } from './connection-pair.ts';
export type { PeerCounters } from './counters.ts';
export { connectProtected, type DialTarget } from './dial.ts';
export { PeerError, type PeerErrorCode } from './errors.ts';
export { isForGood } from './messages.ts';
export {
  CONNECT_RETRY_SECONDS_DEFAULT,
  HIGH_WATER_BYTES_DEFAULT,
  HOLD_TIME_SECONDS_DEFAULT,
  IDLE_HOLD_SECONDS_DEFAULT,
  type Peer,
  type PeerConfig,
  type PeerLastError,
  type PeerOptions,
  REMOTE_PORT_DEFAULT,
  type RetryTimes,
  type SessionInfo,
  type TcpAoKey,
} from './peer.ts';
export { LINGERING_PER_PEER_MAX } from './peer-session.ts';
export type { Plugin, UpdateHandler, UpdateWriter } from './plugin.ts';
export type { Protection } from './protection.ts';
export { type PeerRange, type PeerRangeConfig, RANGE_LIMIT_DEFAULT } from './range.ts';
export { REFUSED_MAX } from './refusals.ts';
export { Server } from './server.ts';
export {
  type DeletePeerOptions,
  type Endpoint,
  type ErrorOrigin,
  type ErrorPlace,
  HALF_OPEN_MAX_DEFAULT,
  type ListenOptions,
  type Logger,
  REFUSAL_REASONS,
  type RefusalReason,
  type ServerOptions,
  type ServerStatistics,
  TURN_BUDGET_MS_DEFAULT,
} from './server-options.ts';
export { SHUTDOWN_MESSAGE_OCTETS_MAX } from './validate.ts';
