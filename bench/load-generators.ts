/**
 * The load generators: the neutral one and the equivalent configurations in ../shared/bench, beside the repository, and our own. Our own is
 * for scenarios that the neutral one does not know, and for machines without it. With ours BIRD is the only daemon to compare with.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeBirdConfiguration } from './bird-configuration.ts';
import { type BenchScenario, needsOwnGenerator } from './scenarios.ts';

const SHARED = join(import.meta.dirname, '../../shared/bench');

export interface LoadGenerator {
  readonly title: string;
  /** Names of the daemons that it has configurations for. */
  readonly targets: readonly string[];
  readonly canDo: (scenario: BenchScenario) => boolean;
  readonly writeConfigurations: (folder: string, scenario: BenchScenario) => void;
  /** The command without options. */
  readonly command: readonly string[];
}

const ownGenerator: LoadGenerator = {
  title: 'bench/generator',
  targets: ['tsbgpd', 'bird'],
  canDo: ({ control, reload }) => control === undefined && reload !== true,
  writeConfigurations: writeBirdConfiguration,
  command: [process.execPath, '--conditions=tsbgp-source', join(import.meta.dirname, 'generator/main.ts')],
};

/** The generators to use, the preferred one first. A compiled program goes to `folder`. */
export function loadGenerators(folder: string, options: { readonly own: boolean }): readonly LoadGenerator[] {
  const missing = options.own ? '--own was asked for' : whyNotShared();
  if (missing !== undefined) {
    console.log(`SKIP shared: ${missing}; the project's own load generator runs instead: compare within this run only`);
    return [ownGenerator];
  }
  const program = join(folder, 'bgpload');
  execFileSync('gcc', ['-O2', '-w', '-o', program, join(SHARED, 'bgpload.c')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const shared: LoadGenerator = {
    title: '../shared/bench/bgpload.c',
    targets: ['tsbgpd', 'bird', 'frr', 'gobgp', 'openbgpd'],
    canDo: (scenario) => !needsOwnGenerator(scenario),
    writeConfigurations(confs, { senders, mesh }) {
      execFileSync('python3', [join(SHARED, 'confs.py'), confs, String(senders), String(mesh)], { stdio: ['ignore', 'ignore', 'inherit'] });
    },
    command: [program],
  };
  return [shared, ownGenerator];
}

function whyNotShared(): string | undefined {
  for (const file of ['bgpload.c', 'confs.py']) {
    if (!existsSync(join(SHARED, file))) return `../shared/bench/${file} is absent`;
  }
  for (const program of ['gcc', 'python3']) {
    const folders = (process.env['PATH'] ?? '').split(':');
    if (!folders.some((folder) => existsSync(join(folder, program)))) return `${program} is not installed`;
  }
  return undefined;
}
