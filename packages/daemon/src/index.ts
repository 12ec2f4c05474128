/** @tsbgp/daemon: the parts of tsbgpd, for programs that want the daemon inside them. Nothing runs on import. */
export {
  ConfigError,
  type ConfigErrorCode,
  ConfigRejected,
  type ConfigWarning,
  type ConfigWarningCode,
  formatWarning,
} from './config/config-error.ts';
export { type DaemonConfig, type Loaded, loadConfig, parseConfig } from './config/load.ts';
export {
  ControlError,
  type ControlErrorCode,
  type ControlPlane,
  type Endpoint,
  type FamilyCounts,
  type GlobalState,
  type Health,
  type LocalRoute,
  type LocalRouteKey,
  type NeighborConfig,
  type NeighborCounters,
  type NeighborSession,
  type NeighborState,
  type ResetKind,
  type Route,
  type RouteChanges,
  type RouteCursor,
  type RouteEvent,
  type RouteFilter,
  type RouteQuery,
  type SessionState,
  type WatchQuery,
} from './control-plane.ts';
export { Daemon } from './daemon.ts';
export { type HttpServer, startHttpServer } from './http/http-server.ts';
export { createLog, type DaemonLog, type LogOptions } from './log.ts';
export { Exposition, type Labels, type Metric } from './metrics/exposition.ts';
export { loadParts, type Parts } from './parts.ts';
export { StartError, type StartErrorCode } from './start-error.ts';
export { VERSION } from './version.ts';
