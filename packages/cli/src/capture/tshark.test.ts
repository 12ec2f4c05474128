/** Messages and prefixes of the shared captures, as tshark counts them in the same run. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Fault, type Nlri } from '@tsbgp/wire';
import { sampled } from '../../../../test/scale.ts';
import { CAPTURES, captureFiles, decodeCapture, portOf, typeName } from '../../test/captures.ts';
import { updateParts } from '../decode/message-parts.ts';

const run = promisify(execFile);

const ANNOUNCED = ['bgp.nlri_prefix', 'bgp.mp_reach_nlri_ipv4_prefix', 'bgp.mp_reach_nlri_ipv6_prefix'];
const WITHDRAWN = ['bgp.withdrawn_prefix', 'bgp.mp_unreach_nlri_ipv4_prefix', 'bgp.mp_unreach_nlri_ipv6_prefix'];
const NAMES = ['', 'OPEN', 'UPDATE', 'NOTIFICATION', 'KEEPALIVE', 'ROUTE-REFRESH'];

type Counts = Record<string, number>;

/** Captures that tshark counts differently, and why. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'pmacct-500-traffic-00.pcap': 'tshark has no field for prefixes of VPN-IPv6',
  'ryu-bgp4-update_vpnv6.pcap': 'tshark has no field for prefixes of VPN-IPv6',
  'tcpdump-bgp-addpath.pcap': 'of two MP_REACH_NLRI in an UPDATE only the first counts (RFC 7606 §3 g)',
  'tcpdump-bgp-as-path-oobr.pcap': 'random octets: tshark gives up where we go on at the next marker',
  'tcpdump-bgp-shutdown-msg-variations.pcap': 'three connections whose SYN holds the message: tshark takes two of them for retransmissions',
  'tcpdump-bgp-ub.pcap': 'random octets: tshark gives up where we go on at the next marker',
  'tcpdump-bgp_mp_reach_nlri-oobr.pcap': 'random octets: tshark gives up where we go on at the next marker',
  'tcpdump-bgp_pmsi_tunnel-oobr.pcap': 'random octets: tshark sees a withdrawn prefix that runs past its field',
};

async function theirs(file: string): Promise<Counts> {
  const fields = ['bgp.type', ...ANNOUNCED, ...WITHDRAWN].flatMap((field) => ['-e', field]);
  const { stdout } = await run(
    'tshark',
    ['-r', join(CAPTURES, file), '-d', `tcp.port==${portOf(file)},bgp`, '-Y', 'bgp', '-T', 'fields', '-E', 'separator=|', ...fields],
    { maxBuffer: 64 << 20 },
  );
  const counts: Counts = { announced: 0, withdrawn: 0 };
  for (const line of stdout.split('\n').filter(Boolean)) {
    const [types = [], ...prefixes] = line.split('|').map((column) => column.split(',').filter(Boolean));
    for (const type of types) count(counts, NAMES[Number(type)] ?? type);
    for (const [i, column] of prefixes.entries()) count(counts, i < ANNOUNCED.length ? 'announced' : 'withdrawn', column.length);
  }
  return counts;
}

async function ours(file: string): Promise<Counts> {
  const counts: Counts = { announced: 0, withdrawn: 0 };
  for (const { content } of await decodeCapture(join(CAPTURES, file), portOf(file))) {
    if (content.type === 'note') continue;
    count(counts, typeName(content.bytes));
    const { message, bytes, context } = content;
    if (!(message instanceof Fault) && message.type !== 'update') continue;
    const update = message instanceof Fault ? updateParts(bytes, context) : message;
    if (update === undefined) continue;
    count(counts, 'announced', prefixes(update.nlri));
    count(counts, 'withdrawn', prefixes(update.withdrawn));
    for (const attribute of update.attributes) {
      if (attribute.type === 'mp-reach-nlri') count(counts, 'announced', prefixes(attribute.value.nlri));
      if (attribute.type === 'mp-unreach-nlri') count(counts, 'withdrawn', prefixes(attribute.value.nlri));
    }
  }
  return counts;
}

function prefixes(list: readonly Nlri[] | Fault): number {
  return list instanceof Fault ? 0 : list.filter(({ type }) => type === 'ip-prefix' || type === 'vpn' || type === 'labeled-unicast').length;
}

function count(counts: Counts, name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by;
}

if (spawnSync('tshark', ['--version']).error !== undefined) {
  test('tshark', { skip: 'tshark is not installed' }, () => {});
} else {
  for (const file of sampled(captureFiles())) {
    const why = OTHERWISE[file];
    test(`${file}: messages and prefixes as tshark counts them${why === undefined ? '' : ', but for a known difference'}`, async () => {
      const [a, b] = await Promise.all([ours(file), theirs(file)]);
      if (why === undefined) assert.deepEqual(a, b);
      else assert.notDeepEqual(a, b, `tshark agrees now, the list says otherwise: ${why}`);
    });
  }
}
