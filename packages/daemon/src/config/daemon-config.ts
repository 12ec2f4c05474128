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
    /** Names and addresses by which clients may call over TCP, beside the loopback ones and the listener's own. */
    readonly hosts: readonly string[];
  };
  /** Without `hosts` any name does on an address that is not of the loopback. */
  readonly http: (Endpoint & { readonly hosts?: readonly string[] }) | undefined;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
}
