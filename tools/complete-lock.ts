/**
 * `node tools/complete-lock.ts`, after every change of the lock file: adds the entries of optional packages that npm left out.
 *
 * Tools with a native part name one optional package per platform. If a registry lacks the packages of other platforms, npm writes a lock file
 * without them, which `npm ci` then refuses as incomplete. The entries can be made from the names. npm fetches only the package of its own
 * platform, and adds the hashes when the file is made again with a registry that has all packages.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const SYSTEMS = ['darwin', 'linux', 'win32', 'android', 'freebsd', 'openharmony', 'openbsd', 'netbsd', 'sunos', 'aix'];
const PROCESSORS = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64'];
const ARM_NAMES = ['armv7', 'gnueabihf', 'musleabihf'];

const file = join(import.meta.dirname, '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockEntry> };

let added = 0;
for (const [place, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (isLocked(place, name)) continue;
    lock.packages[`node_modules/${name}`] = entryOf(name, version, dev);
    added++;
  }
}
const { '': root, ...others } = lock.packages;
lock.packages = Object.fromEntries([['', root ?? {}], ...Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1))]);
writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(`${added} entries added`);

/** Whether a package at `place` finds `name` as Node looks for it: beside itself, then in the folders above. */
function isLocked(place: string, name: string): boolean {
  for (let from = place; ; ) {
    if (lock.packages[`${from === '' ? '' : `${from}/`}node_modules/${name}`] !== undefined) return true;
    if (from === '') return false;
    const above = from.lastIndexOf('/node_modules/');
    from = above === -1 ? '' : from.slice(0, above);
  }
}

function entryOf(name: string, version: string, dev: boolean | undefined): LockEntry {
  const parts = name.split(/[-/]/);
  const cpu = parts.find((part) => PROCESSORS.includes(part)) ?? (parts.some((part) => ARM_NAMES.includes(part)) ? 'arm' : undefined);
  const os = parts.find((part) => SYSTEMS.includes(part));
  const libc = parts.some((part) => part.startsWith('musl')) ? 'musl' : parts.some((part) => part.startsWith('gnu')) ? 'glibc' : undefined;
  return {
    version: version.replace(/^[\^~]/, ''),
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(dev === true ? { dev } : {}),
    ...(libc === undefined ? {} : { libc: [libc] }),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
  };
}
