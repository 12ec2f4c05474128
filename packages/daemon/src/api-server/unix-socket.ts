/**
 * Listens on a socket in the file system. A socket that a dead daemon left there is replaced. A socket on which a process answers, one that we
 * have no permission to try, and any other kind of file are not touched.
 */
import { chmodSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import process from 'node:process';
import { listening } from './clients.ts';

/** Rejects with the system's error. No client can connect before the permissions are those of `mode`. */
export async function listenUnix(server: Server, path: string, mode: number): Promise<Server> {
  mkdirSync(dirname(path), { recursive: true });
  await removeStale(path);
  // `listen` makes the file with the permissions that the umask leaves: none, until the mode is set.
  const umask = process.umask(0o777);
  let bound: Promise<Server>;
  try {
    bound = listening(server, () => server.listen({ path }));
  } finally {
    process.umask(umask);
  }
  await bound;
  try {
    chmodSync(path, mode);
  } catch (error) {
    server.close();
    throw error;
  }
  return server;
}

async function removeStale(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  // Connecting fails in the same way for any other kind of file, so the kind has to be checked.
  if (!stat.isSocket()) throw systemError('EEXIST', `${path} is there and is not a socket; remove it, or choose another path`);
  if (await isDead(path)) unlinkSync(path);
  else throw systemError('EADDRINUSE', `${path}: another process listens there`);
}

/** Only a refused connection shows that no process listens. A full queue or a lack of permission shows nothing. */
function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path }, () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

function systemError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
