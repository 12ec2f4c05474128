/** Gives up the rights of root. */
import { readFileSync } from 'node:fs';
import type { Environment } from '../env/environment.ts';

/** Becomes `daemon.user` when started as root, unless `daemon.drop` is false. Returns why it may not go on. */
export function becomeUser(environment: Environment): string | undefined {
  if (process.getuid?.() !== 0 || !environment.flag('daemon.drop')) return undefined;
  const name = environment.text('daemon.user');
  const entry = passwdEntry(name);
  if (entry === undefined) return `exabgp.daemon.user: found "${name}", allowed is a user of this machine, or exabgp.daemon.drop=false`;
  try {
    process.setgroups?.([entry.gid]);
    process.setgid?.(entry.gid);
    process.setuid?.(entry.uid);
  } catch (error) {
    return `cannot become user ${name}: ${error instanceof Error ? error.message : String(error)}`;
  }
  return undefined;
}

export function passwdEntry(name: string): { readonly uid: number; readonly gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}
