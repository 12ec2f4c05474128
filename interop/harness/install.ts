/** The other daemons come from Debian's packages. Root may install the missing ones. */

import { spawnSync } from 'node:child_process';
import { daemonKinds } from './daemons/registry.ts';
import { located, programPath } from './programs.ts';
import { runCommand } from './run-command.ts';

/** Names of the kinds of daemons whose programs are installed. Tries to install the missing ones first. */
export function availableDaemons(wanted: ReadonlySet<string>): { readonly here: ReadonlySet<string>; readonly missing: readonly string[] } {
  let packages = missingPackages(wanted);
  if (packages.length > 0 && process.getuid?.() === 0 && programPath('apt-get') !== undefined) {
    console.log(`installing ${packages.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
      const { status, stderr } = spawnSync('apt-get', args, {
        env,
        timeout: 240_000,
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
      });
      if (status !== 0) console.log(`apt-get ${args[0]}: exit code ${status}: ${stderr.trim()}`);
    }
    packages = missingPackages(wanted);
  }
  const here = new Set<string>();
  const missing: string[] = [];
  for (const kind of daemonKinds) {
    if (!wanted.has(kind.name)) continue;
    if (kind.debian !== undefined && packages.includes(kind.debian.package)) missing.push(kind.debian.package);
    else here.add(kind.name);
  }
  return { here, missing };
}

/** One line with the versions of the daemons that take part. */
export async function versions(names: ReadonlySet<string>): Promise<string> {
  const parts: string[] = [];
  for (const kind of daemonKinds) {
    if (!names.has(kind.name)) continue;
    const { output } = await runCommand(located(kind, kind.version));
    parts.push(`${kind.name} ${/\d+\.\d+[\w.-]*/.exec(output)?.[0] ?? '?'}`);
  }
  return parts.join(', ');
}

function missingPackages(wanted: ReadonlySet<string>): string[] {
  return daemonKinds
    .filter(
      (kind) => wanted.has(kind.name) && kind.debian?.programs.some((program) => programPath(located(kind, [program])[0]!) === undefined),
    )
    .map(({ debian }) => debian!.package);
}
