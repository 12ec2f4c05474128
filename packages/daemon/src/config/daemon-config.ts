/** The configuration as the daemon uses it: checked, defaults filled in, in the control plane's own types. */
import type { Endpoint, NeighborConfig } from '../control-plane.ts';
import type { LogFormat, LogLevel } from './schema.ts';

export interface DaemonConfig {
  /** As it was named on the command line. */
  readonly file: string;
  readonly global: {
    readonly as: number;
    readonly routerId: string;
    readonly listen: readonly Endpoint[];
    /** Nobody wrote `listen`: then one of its addresses is enough. */
    readonly listenIsDefault: boolean;
  };
  readonly neighbors: readonly NeighborConfig[];
  readonly api: {
    /** Undefined: the default path. 'none': no socket. */
    readonly unixSocket: string | undefined;
    readonly mode: number;
    readonly tcp: Endpoint | undefined;
  };
  readonly http: Endpoint | undefined;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
}
