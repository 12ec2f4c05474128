/** The defaults of keys that the file does not have. The defaults of neighbors are in keys/neighbor-keys.ts. */
import { REMOTE_PORT_DEFAULT } from '@tsbgp/session';
import type { Endpoint } from '../endpoint.ts';

/** The daemon looks for its file here when the command line names none. */
export const CONFIG_PATHS: readonly string[] = ['/etc/tsbgp/tsbgpd.yaml', './tsbgpd.yaml'];

export const LISTEN_DEFAULT: readonly Endpoint[] = [
  { host: '0.0.0.0', port: REMOTE_PORT_DEFAULT },
  { host: '::', port: REMOTE_PORT_DEFAULT },
];
/** Owner and group may read and write. Whoever can open the socket has full control. */
export const API_MODE_DEFAULT = 0o660;
export const LOG_LEVEL_DEFAULT = 'info';
export const LOG_FORMAT_DEFAULT = 'auto';
/** Seconds for which a daemon that restarted waits for End-of-RIB of the neighbors that it had (RFC 4724 §4.1). */
export const RESTART_DEFERRAL_DEFAULT = 240;
