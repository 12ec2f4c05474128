/**
 * Two hosts, each a network namespace, joined by a cable: the target (10.77.0.1) and the load (senders from 10.77.1.1, the sink
 * 10.77.200.1), all in 10.77.0.0/16.
 */
import { spawnSync } from 'node:child_process';

export interface BenchHosts {
  readonly target: string;
  readonly load: string;
  readonly close: () => void;
}

export function createHosts(senders: number): BenchHosts {
  const target = `tsbgp-${process.pid}-target`;
  const load = `tsbgp-${process.pid}-load`;
  const close = (): void => {
    for (const name of [target, load]) spawnSync('ip', ['netns', 'delete', name], { stdio: 'ignore' });
  };
  try {
    for (const name of [target, load]) ip(['netns', 'add', name]);
    ip(['link', 'add', 'eth0', 'netns', target, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', load]);
    ip(['-n', target, '-batch', '-'], 'link set lo up\naddress add 10.77.0.1/16 dev eth0\nlink set eth0 up\n');
    const addresses = Array.from({ length: senders }, (_, index) => `address add ${senderAddress(index)}/16 dev eth0\n`).join('');
    ip(['-n', load, '-batch', '-'], `link set lo up\naddress add 10.77.200.1/16 dev eth0\nlink set eth0 up\n${addresses}`);
  } catch (error) {
    close();
    throw error;
  }
  return { target, load, close };
}

/** From 10.77.1.1 on. */
export function senderAddress(index: number): string {
  const number = 257 + index;
  return `10.77.${number >> 8}.${number & 255}`;
}

function ip(args: readonly string[], input = ''): void {
  const { status, stderr, error } = spawnSync('ip', args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
