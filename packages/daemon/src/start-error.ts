/**
 * Why the daemon could not start although its configuration is valid, for example because the port is taken or needs privileges. The message
 * names the listener, the reason, and what to do. `code` is stable and listed in docs/errors.md.
 */

import type { Endpoint } from './control-plane.ts';
import { formatEndpoint } from './endpoint.ts';

export const START_ERROR_CODES = {
  'listen-in-use': 'Another process listens on the address and port, or on the socket path; or a file that is no socket has the path.',
  'listen-denied': 'The system does not let this user listen there: a port below 1024, or a folder that is not writable.',
  'listen-no-address': 'The address is not one of this machine, or the machine has no IPv6.',
  'listen-failed': 'Listening failed for another reason, which the message carries.',
  'no-socket-path': 'No default path for the API socket is writable.',
  'neighbor-refused': 'The speaker refused a neighbor that the configuration allowed.',
  'route-refused': 'The speaker refused a route that the configuration allowed: its attributes together are too long.',
  'policy-refused': 'A policy in TypeScript cannot be loaded, or a chain of policies is too large.',
} as const;

export type StartErrorCode = keyof typeof START_ERROR_CODES;

export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A listener: its name for people, its address, and the key of the configuration that sets the address. */
export interface Listener {
  readonly what: 'BGP' | 'API' | 'HTTP';
  readonly where: Endpoint | string;
  readonly key: string;
}

export function listenError(listener: Listener, cause: unknown): StartError {
  const { what, where } = listener;
  const start = `${what} cannot listen on ${typeof where === 'string' ? where : formatEndpoint(where)}`;
  const [code, reason] = reasonOf(listener, cause);
  return new StartError(code, `${start}: ${reason}`, { cause });
}

function reasonOf(listener: Listener, cause: unknown): [code: StartErrorCode, reason: string] {
  const { key } = listener;
  switch (errno(cause)) {
    case 'EADDRINUSE':
      return ['listen-in-use', `in use by another process; ${whoHasIt(listener)}, or change ${key}`];
    case 'EEXIST':
      return ['listen-in-use', `a file is there that is no socket; move it away, or change ${key}`];
    case 'EACCES':
    case 'EPERM':
      return ['listen-denied', `no permission; ${howToBeAllowed(listener)}`];
    case 'EADDRNOTAVAIL':
      return ['listen-no-address', `not an address of this machine; "ip address" lists them, change ${key}`];
    case 'EAFNOSUPPORT':
      return ['listen-no-address', `this machine has no such kind of address; remove it from ${key}`];
    default:
      return ['listen-failed', `${cause instanceof Error ? cause.message : String(cause)}; see ${key}`];
  }
}

function whoHasIt({ where }: Listener): string {
  return typeof where === 'string' ? `"ss -lxp src ${where}" shows which` : `"ss -ltnp sport = :${where.port}" shows which`;
}

function howToBeAllowed({ where, key }: Listener): string {
  if (typeof where === 'string') return `let this user write to its folder, or change ${key}, e.g. "unix-socket: /tmp/tsbgpd.sock"`;
  if (where.port >= 1024) return `change ${key}`;
  return (
    `a port below 1024 needs CAP_NET_BIND_SERVICE: "AmbientCapabilities=CAP_NET_BIND_SERVICE" in a systemd unit, ` +
    `"setcap cap_net_bind_service=+ep $(readlink -f $(command -v node))" on the command line, or another port in ${key}`
  );
}

/** The system's code of an error, such as EADDRINUSE, from the error itself or one of its causes. */
export function errno(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return code;
  }
  return undefined;
}
