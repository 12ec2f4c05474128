/** What holds where the file says nothing. */
import type { Endpoint } from '../control-plane.ts';

/** Where the file is looked for when the command line names none. */
export const CONFIG_PATHS: readonly string[] = ['/etc/tsbgp/tsbgpd.yaml', './tsbgpd.yaml'];

export const LISTEN_DEFAULT: readonly Endpoint[] = [
  { host: '0.0.0.0', port: 179 },
  { host: '::', port: 179 },
];
export const REMOTE_PORT_DEFAULT: number = 179;
/** RFC 4271 §10. */
export const HOLD_TIME_SECONDS_DEFAULT = 90;
/** RFC 4271 §10 suggests 120; BIRD, FRR and OpenBGPD all come back sooner. */
export const CONNECT_RETRY_SECONDS_DEFAULT = 10;
/** Owner and group read and write: who may open the socket may do everything. */
export const API_MODE_DEFAULT = 0o660;
export const LOG_LEVEL_DEFAULT = 'info';
export const LOG_FORMAT_DEFAULT = 'auto';
