/**
 * Where a daemon's API socket is when nobody names one. The daemon takes the first of these that it may create, a client the first that
 * exists, so both find each other without configuration:
 *
 *   1. /run/tsbgp/tsbgpd.sock                   a system service
 *   2. $XDG_RUNTIME_DIR/tsbgp/tsbgpd.sock       a user with a session
 *   3. /tmp/tsbgp-UID/tsbgpd.sock               a user without; the folder is the user's own, 0700
 */
import { accessSync, constants, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const SYSTEM_SOCKET_PATH: string = '/run/tsbgp/tsbgpd.sock';

export interface AddressEnvironment {
  readonly XDG_RUNTIME_DIR?: string | undefined;
}

/** Paths to look at, best first. */
export function socketPathCandidates(
  environment: AddressEnvironment = process.env as AddressEnvironment,
  uid: number | undefined = process.getuid?.(),
): string[] {
  const runtime = environment.XDG_RUNTIME_DIR;
  const own = runtime?.startsWith('/') ? [join(runtime, 'tsbgp', 'tsbgpd.sock')] : [];
  return [SYSTEM_SOCKET_PATH, ...own, `/tmp/tsbgp-${uid ?? 'user'}/tsbgpd.sock`];
}

/** For clients: the first that is there, else the first of all (for the message that nothing answers). */
export function existingSocketPath(candidates: readonly string[] = socketPathCandidates()): string {
  return candidates.find(isSocket) ?? candidates[0]!;
}

/** For the daemon: the first whose folder is there and writable, or can be made. Makes it. Undefined where none can be. */
export function creatableSocketPath(candidates: readonly string[] = socketPathCandidates()): string | undefined {
  return candidates.find((path) => prepareFolder(dirname(path)));
}

function isSocket(path: string): boolean {
  try {
    return lstatSync(path).isSocket() && isTrusted(dirname(path));
  } catch {
    return false; // Absent, or in a folder that we may not look into: not ours to use.
  }
}

function prepareFolder(folder: string): boolean {
  try {
    if (!existsSync(folder)) mkdirSync(folder, { mode: folder.startsWith('/tmp/') ? 0o700 : 0o755 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return isTrusted(folder);
  } catch {
    return false; // Not ours to make or to write: the next one.
  }
}

/** In /tmp anybody may have made a folder of that name before us, or a link to elsewhere. */
function isTrusted(folder: string): boolean {
  if (!folder.startsWith('/tmp/')) return true;
  const stat = lstatSync(folder);
  return stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}
