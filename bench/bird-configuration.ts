/** BIRD configured for a scenario of our own load generator: as ../shared/bench/confs.py does, and with IPv6 and ADD-PATH. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { addressesOf } from './addresses.ts';
import type { BenchScenario } from './scenarios.ts';

export function writeBirdConfiguration(folder: string, { senders, mesh, ipv6, paths }: BenchScenario): void {
  const isIpv6 = ipv6 === true;
  const { target, sender, sink } = addressesOf(isIpv6 ? IPV6_UNICAST : IPV4_UNICAST);
  const peers = Array.from({ length: senders }, (_, index) => ({ address: sender(index), as: 65001 + index }));
  if (mesh === 0) peers.push({ address: sink, as: 64999 });
  const client = mesh > 0 ? 'rs client; ' : '';
  const channel = `${isIpv6 ? 'ipv6' : 'ipv4'} { import all; export all; ${paths === undefined ? '' : 'add paths on; '}}`;
  const protocols = peers.map(
    ({ address, as }, index) =>
      `protocol bgp p${index} { local ${target} as 64512; neighbor ${address} as ${as}; passive on; ${client}${channel}; }\n`,
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bird.conf'), `log stderr { error, fatal };\nrouter id 10.77.0.1;\nprotocol device {}\n${protocols.join('')}`);
}
