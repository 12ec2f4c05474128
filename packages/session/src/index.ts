/** @tsbgp/session: an embeddable BGP speaker. */
export { PeerError, type PeerErrorCode } from './errors.ts';
export { RANGE_LIMIT_DEFAULT } from './range.ts';
export { Server } from './server.ts';
export {
  type Clock,
  type CloseReason,
  type CloseReasonType,
  CONNECT_RETRY_SECONDS_DEFAULT,
  type DeletePeerOptions,
  type Endpoint,
  HIGH_WATER_BYTES_DEFAULT,
  HOLD_TIME_SECONDS_DEFAULT,
  IDLE_HOLD_SECONDS_DEFAULT,
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
  type ServerOptions,
  type SessionInfo,
  type State,
  type TcpAoKey,
  type UpdateHandler,
  type UpdateWriter,
} from './types.ts';
