/** @tsbgp/session: an embeddable BGP speaker. */

export { STATES } from '@tsbgp/fsm';
export { PeerError, type PeerErrorCode } from './errors.ts';
export { RANGE_LIMIT_DEFAULT } from './range.ts';
export { REFUSED_MAX, Server } from './server.ts';
export {
  type Clock,
  type CloseReason,
  type CloseReasonType,
  CONNECT_RETRY_SECONDS_DEFAULT,
  CONNECTIONS_PER_PEER_MAX,
  type DeletePeerOptions,
  type Endpoint,
  type ErrorOrigin,
  type ErrorPlace,
  HALF_OPEN_MAX_DEFAULT,
  HIGH_WATER_BYTES_DEFAULT,
  HOLD_TIME_SECONDS_DEFAULT,
  IDLE_HOLD_SECONDS_DEFAULT,
  INCOMING_OPEN_WAIT_SECONDS,
  LINGERING_PER_PEER_MAX,
  type ListenOptions,
  type Logger,
  type Peer,
  type PeerConfig,
  type PeerCounters,
  type PeerLastError,
  type PeerOptions,
  type PeerRange,
  type PeerRangeConfig,
  type Plugin,
  REFUSAL_REASONS,
  type RefusalReason,
  type ServerOptions,
  type ServerStatistics,
  type SessionInfo,
  SHUTDOWN_MESSAGE_OCTETS_MAX,
  type State,
  type TcpAoKey,
  type UpdateHandler,
  type UpdateWriter,
} from './types.ts';
