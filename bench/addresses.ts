/** The addresses of the hosts: the target, the senders and the sink, all in one network. */
import { type Family, IPV4_UNICAST } from '@tsbgp/wire';

export interface BenchAddresses {
  readonly target: string;
  readonly sink: string;
  readonly sender: (index: number) => string;
  /** Length of the network's prefix. */
  readonly length: number;
}

/** Senders from 10.77.1.1 on. */
export const ipv4Addresses: BenchAddresses = {
  target: '10.77.0.1',
  sink: '10.77.200.1',
  sender: (index) => `10.77.${(257 + index) >> 8}.${(257 + index) & 255}`,
  length: 16,
};

/** Senders from fd77::1:1 on. */
export const ipv6Addresses: BenchAddresses = {
  target: 'fd77::1',
  sink: 'fd77::2:1',
  sender: (index) => `fd77::1:${(index + 1).toString(16)}`,
  length: 64,
};

export function addressesOf(family: Family): BenchAddresses {
  return family === IPV4_UNICAST ? ipv4Addresses : ipv6Addresses;
}
