/**
 * The neutral load generator and the equivalent configurations in ../shared/bench, beside the repository. Without them our own generator is
 * used, and BIRD is the only daemon to compare with.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { senderAddress } from './hosts.ts';
import type { BenchScenario } from './scenarios.ts';

const SHARED = join(import.meta.dirname, '../../shared/bench');

export interface LoadGenerator {
  readonly title: string;
  /** Whether it can send control communities. */
  readonly hasControl: boolean;
  /** Names of the daemons that it has configurations for. */
  readonly targets: readonly string[];
  readonly writeConfigurations: (folder: string, scenario: BenchScenario) => void;
  /** The command without options. */
  readonly command: readonly string[];
}

/** The compiled program goes to `folder`. */
export function loadGenerator(folder: string, options: { readonly own: boolean }): LoadGenerator {
  const missing = options.own ? '--own was asked for' : whyNotShared();
  if (missing === undefined) {
    const program = join(folder, 'bgpload');
    execFileSync('gcc', ['-O2', '-w', '-o', program, join(SHARED, 'bgpload.c')], { stdio: ['ignore', 'ignore', 'inherit'] });
    return {
      title: '../shared/bench/bgpload.c',
      hasControl: true,
      targets: ['tsbgpd', 'bird', 'frr', 'gobgp', 'openbgpd'],
      writeConfigurations(confs, { senders, mesh }) {
        execFileSync('python3', [join(SHARED, 'confs.py'), confs, String(senders), String(mesh)], {
          stdio: ['ignore', 'ignore', 'inherit'],
        });
      },
      command: [program],
    };
  }
  console.log(`SKIP shared: ${missing}; the project's own load generator runs instead, which is slower: compare within this run only`);
  return {
    title: 'bench/generator',
    hasControl: false,
    targets: ['tsbgpd', 'bird'],
    writeConfigurations: writeBirdConfiguration,
    command: [process.execPath, '--conditions=tsbgp-source', join(import.meta.dirname, 'generator/main.ts')],
  };
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

function writeBirdConfiguration(folder: string, { senders, mesh }: BenchScenario): void {
  mkdirSync(folder, { recursive: true });
  const peers = Array.from({ length: senders }, (_, index) => ({ address: senderAddress(index), as: 65001 + index }));
  if (mesh === 0) peers.push({ address: '10.77.200.1', as: 64999 });
  const neighbors = peers.map(
    ({ address, as }, index) =>
      `protocol bgp p${index} { local 10.77.0.1 as 64512; neighbor ${address} as ${as}; passive on; ` +
      `${mesh > 0 ? 'rs client; ' : ''}ipv4 { import all; export all; }; }\n`,
  );
  writeFileSync(join(folder, 'bird.conf'), `log stderr { error, fatal };\nrouter id 10.77.0.1;\nprotocol device {}\n${neighbors.join('')}`);
}
