/** The configuration as the daemon uses it: checked, with defaults filled in, in the types of the control plane. */
import type { Endpoint, NeighborConfig } from '../control-plane.ts';
import type { LogFormat, LogLevel } from './schema.ts';

export interface DaemonConfig {
  /** The name from the command line. */
  readonly file: string;
  readonly global: {
    readonly as: number;
    readonly routerId: string;
    readonly listen: readonly Endpoint[];
    /** The file does not have `listen`. Then one of the default addresses is enough. */
    readonly listenIsDefault: boolean;
  };
  readonly neighbors: readonly NeighborConfig[];
  readonly api: {
    /** Undefined: the default path. 'none': no socket. */
    readonly unixSocket: string | undefined;
    readonly mode: number;
    readonly tcp: Endpoint | undefined;
    /** Host names that TCP clients may send, besides the loopback names and the listener's address. */
    readonly hosts: readonly string[];
  };
  /** Without `hosts`, any host name is accepted, except on a loopback address. */
  readonly http: (Endpoint & { readonly hosts?: readonly string[] }) | undefined;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
}
