/** Two hosts, each a network namespace, joined by a cable: the target and the load, with the addresses of addresses.ts. */
import { spawnSync } from 'node:child_process';
import { type BenchAddresses, ipv4Addresses, ipv6Addresses } from './addresses.ts';

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
    const families = [ipv4Addresses, ipv6Addresses];
    addAddresses(
      target,
      families.map((addresses) => line(addresses, addresses.target)),
    );
    const senderLines = families.flatMap((addresses) =>
      Array.from({ length: senders }, (_, index) => line(addresses, addresses.sender(index))),
    );
    addAddresses(load, [...families.map((addresses) => line(addresses, addresses.sink)), ...senderLines]);
  } catch (error) {
    close();
    throw error;
  }
  return { target, load, close };
}

function addAddresses(host: string, lines: readonly string[]): void {
  ip(['-n', host, '-batch', '-'], `link set lo up\n${lines.join('')}link set eth0 up\n`);
}

/** Without the search for duplicates, during which an IPv6 address cannot be used. */
function line({ length }: BenchAddresses, address: string): string {
  return `address add ${address}/${length} dev eth0${address.includes(':') ? ' nodad' : ''}\n`;
}

function ip(args: readonly string[], input = ''): void {
  const { status, stderr, error } = spawnSync('ip', args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
