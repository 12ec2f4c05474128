/** Functions that the listeners of the API and of `/metrics` share: they begin to listen, and they close connections, in the same way. */
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';

/** Calls `listen`. Resolves when the server listens; rejects with its error (`EADDRINUSE`, `EACCES` …). */
export function listening(server: Server, listen: () => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve(server);
    });
    listen();
  });
}

/** Closes the connection of a client whose request Node cannot read. The client gets an answer, unless another one is under way (`isBusy`). */
export function closeUnreadable(error: NodeJS.ErrnoException, socket: Duplex, isBusy: boolean): void {
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  if (socket.writable && !isBusy) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  else socket.destroy();
}

/** Whether the client sent what is not HTTP. Errors of the system (ECONNRESET, EPIPE) are no mistake of the client. */
export function isMalformed(error: NodeJS.ErrnoException): boolean {
  return error.syscall === undefined;
}

/** The chosen connection that is idle longest. */
export function longestIdle<C extends { readonly idleSince: number }>(
  all: Iterable<C>,
  isChosen: (connection: C) => boolean,
): C | undefined {
  let found: C | undefined;
  for (const connection of all)
    if (isChosen(connection) && (found === undefined || connection.idleSince < found.idleSince)) found = connection;
  return found;
}
