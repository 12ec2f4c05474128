/** The addresses that the health check announces, and those that it gives to interfaces. */

import { spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { parsePrefixText } from '@tsbgp/process-api';
import { formatAddress } from '@tsbgp/wire';
import { UsageError } from '../tools/usage.ts';
import type { HealthcheckOptions } from './options.ts';

/** Addresses of one network that are announced one by one. */
const DEAGGREGATED_MAX = 65_536;

/** In the order of their metrics. Throws UsageError when there are none. */
export function addressesOf(options: HealthcheckOptions): string[] {
  const given = options.ips.flatMap((text) => {
    const prefix = parsePrefixText(text);
    if (prefix === undefined)
      throw new UsageError(`--ip: found "${text}", allowed is an address or a network, e.g. "192.0.2.1" or "192.0.2.0/24"`);
    return options.deaggregate ? hostsOf(prefix) : [`${formatAddress(prefix.bytes)}/${prefix.bits}`];
  });
  const all = given.length > 0 ? given : loopbackAddresses(options);
  if (all.length === 0)
    throw new UsageError('found no address, allowed is --ip, or an address of the loopback outside 127.0.0.0/8 and ::1');
  const start = options.startIp % all.length;
  return [...all.slice(start), ...all.slice(0, start)];
}

function hostsOf({ bytes, bits }: { bytes: Uint8Array; bits: number }): string[] {
  const size = bytes.length * 8;
  const count = 2 ** (size - bits);
  if (count > DEAGGREGATED_MAX)
    throw new UsageError(`--deaggregate-networks: found a network of ${count} addresses, allowed are ${DEAGGREGATED_MAX}`);
  return Array.from({ length: count }, (_, i) => {
    const host = bytes.slice();
    let left = i;
    for (let at = host.length - 1; left > 0; at--, left = Math.floor(left / 256)) host[at]! |= left & 0xff;
    return `${formatAddress(host)}/${size}`;
  });
}

/** Addresses of `lo` outside 127.0.0.0/8 and ::1; with a label those that have it. */
function loopbackAddresses({ label, labelExactMatch }: HealthcheckOptions): string[] {
  const labelled = label === undefined ? undefined : labelledAddresses(label, labelExactMatch);
  return (networkInterfaces()['lo'] ?? [])
    .filter(({ address }) => !address.startsWith('127.') && address !== '::1' && !address.startsWith('fe80:'))
    .filter(({ address }) => labelled?.has(address) !== false)
    .map(({ address, family }) => `${address}/${family === 'IPv4' ? 32 : 128}`);
}

function labelledAddresses(label: string, isExact: boolean): Set<string> {
  const { stdout } = spawnSync('ip', ['-o', 'address', 'show', 'dev', 'lo'], { encoding: 'utf8' });
  const found = new Set<string>();
  for (const line of (stdout ?? '').split('\n')) {
    const [, address, name] = /inet6? ([\d.a-f:]+)\/\d+ .*?(\S+)\\/.exec(line) ?? [];
    if (address === undefined || name === undefined) continue;
    const own = name.replace(/^lo:/, '');
    if (isExact ? own === label : own.startsWith(label)) found.add(address);
  }
  return found;
}

/** Gives the addresses to their interfaces, or takes away what it gave. */
export class AddressSetup {
  readonly #options: HealthcheckOptions;
  readonly #added = new Set<string>();

  constructor(options: HealthcheckOptions) {
    this.#options = options;
  }

  add(addresses: readonly string[]): void {
    if (!this.#options.ipSetup) return;
    for (const address of addresses) {
      if (this.#added.has(address) || isPresent(address)) continue;
      if (this.#ip('add', address)) this.#added.add(address);
    }
  }

  remove(): void {
    for (const address of this.#added) this.#ip('del', address);
    this.#added.clear();
  }

  #ip(action: 'add' | 'del', address: string): boolean {
    const { sudo, interfaces, label } = this.#options;
    const name = interfaces.get(address) ?? interfaces.get(address.split('/')[0]!) ?? 'lo';
    const labelWords = action === 'add' && label !== undefined && !address.includes(':') ? ['label', `${name}:${label}`] : [];
    const words = ['ip', 'address', action, address, 'dev', name, ...labelWords];
    const [program = '', ...args] = sudo ? ['sudo', ...words] : words;
    return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
  }
}

function isPresent(address: string): boolean {
  const [ip] = address.split('/');
  return Object.values(networkInterfaces()).some((list) => list?.some((each) => each.address === ip));
}
