/**
 * Default paths of the API socket. The daemon takes the first of these that it can create, and a client the first that exists, so that they find
 * each other without configuration:
 *
 *   1. /run/tsbgp/tsbgpd.sock                   a system service
 *   2. $XDG_RUNTIME_DIR/tsbgp/tsbgpd.sock       a user with a session
 *   3. /tmp/tsbgp-UID/tsbgpd.sock               a user without a session; the folder belongs to the user, mode 0700
 */
import { accessSync, constants, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const SYSTEM_SOCKET_PATH: string = '/run/tsbgp/tsbgpd.sock';

export interface AddressEnvironment {
  readonly XDG_RUNTIME_DIR?: string | undefined;
}

/** The default paths, best first. */
export function socketPathCandidates(
  environment: AddressEnvironment = process.env as AddressEnvironment,
  uid: number | undefined = process.getuid?.(),
): string[] {
  const runtime = environment.XDG_RUNTIME_DIR;
  const own = runtime?.startsWith('/') ? [join(runtime, 'tsbgp', 'tsbgpd.sock')] : [];
  return [SYSTEM_SOCKET_PATH, ...own, `/tmp/tsbgp-${uid ?? 'user'}/tsbgpd.sock`];
}

/** For clients: the first path with a socket, or the first of all, which the error of the connection then names. */
export function existingSocketPath(candidates: readonly string[] = socketPathCandidates()): string {
  return candidates.find(isSocket) ?? candidates[0]!;
}

/** For the daemon: the first path whose folder is writable. Makes the folder if it does not exist. Undefined when there is no such path. */
export function creatableSocketPath(candidates: readonly string[] = socketPathCandidates()): string | undefined {
  return candidates.find((path) => prepareFolder(dirname(path)));
}

function isSocket(path: string): boolean {
  try {
    return lstatSync(path).isSocket() && isTrusted(dirname(path));
  } catch {
    return false; // The path does not exist, or its folder is not readable.
  }
}

function prepareFolder(folder: string): boolean {
  try {
    if (!existsSync(folder)) mkdirSync(folder, { mode: folder.startsWith('/tmp/') ? 0o700 : 0o755 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return isTrusted(folder);
  } catch {
    return false; // We may not make the folder, or not write to it.
  }
}

/** Whether a folder is ours: in /tmp another user may have made it, or a link in its place. */
function isTrusted(folder: string): boolean {
  if (!folder.startsWith('/tmp/')) return true;
  const stat = lstatSync(folder);
  return stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}
