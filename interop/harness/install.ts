/** The daemons that we talk to come from Debian's packages; root may install those that are missing. */

import { spawnSync } from 'node:child_process';
import { daemonKinds } from './daemons/registry.ts';
import { located, programPath } from './programs.ts';
import { runCommand } from './run-command.ts';

/** Kinds of daemons whose programs are here, by name; tries to install the others first. */
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
