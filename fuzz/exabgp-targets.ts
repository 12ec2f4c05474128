/**
 * The parsers of ExaBGP's languages: the configuration file, and the commands of programs in the versions 4, 5 and 6 of the API, but for those that show. A text may be
 * refused, with an error of the parser's own class; every other exception is a failure.
 */
import { ConfigurationError, parseConfiguration } from '@tsbgp/exabgp';
import { type ApiVersion, CommandRunner, type CommandSource, type Control } from '@tsbgp/process-api';
import { fakeNeighbor } from './exabgp-neighbor.ts';
import type { Seed, Target } from './target.ts';

const PLACES = { etc: '/nonexistent', folder: '/nonexistent', path: '' };

/** Commands that answer later: a worker never waits, and would keep them all. */
const TAKES_TIME = /show|list/;

const NEIGHBOR = 'neighbor 192.0.2.1 { router-id 192.0.2.2; local-address 192.0.2.2; local-as 65000; peer-as 65001;';

const CONFIGURATIONS: readonly string[] = [
  `${NEIGHBOR} hold-time 90; static { route 10.0.0.0/24 next-hop 192.0.2.2 community [ 65000:1 no-export ] med 10; } }`,
  `${NEIGHBOR} family { ipv4 unicast; ipv6 flow; } capability { add-path send/receive; graceful-restart 120; } md5-password "a b"; }`,
  `process p { run /bin/sh -c "true"; encoder json; } ${NEIGHBOR} api { processes [ p ]; receive { parsed; update; } send { packets; } } }`,
  `template { neighbor t { local-as 65000; peer-as 65001; } } neighbor 192.0.2.0/24 { inherit t; router-id 192.0.2.2; local-address 192.0.2.2; passive; }`,
  `${NEIGHBOR} flow { route f { match { source 10.0.0.0/8; protocol =tcp; destination-port >=80&<=90; } then { rate-limit 9600; } } } }`,
  `${NEIGHBOR} announce { ipv4 { unicast 10.0.0.0/23 next-hop 192.0.2.2 split /25; mpls-vpn 10.1.0.0/24 next-hop 192.0.2.2 rd 65000:1 label 100; } } }`,
  `${NEIGHBOR} l2vpn { vpls v { endpoint 5; base 10702; offset 1; size 8; rd 192.0.2.1:123; next-hop 192.0.2.2; } } operational { asm ipv4 unicast "hello"; } }`,
];

const COMMANDS: readonly string[] = [
  'announce route 10.0.0.0/24 next-hop 192.0.2.1 as-path [ 65000 ( 65001 ) ] large-community [ 65000:1:2 ] origin igp',
  'neighbor 192.0.2.1 local-as 65000, neighbor 192.0.2.3 withdraw route 2001:db8::/32 next-hop 192.0.2.2',
  'announce attributes next-hop 192.0.2.1 med 100 extended-community [ target:65000:1 origin:1:2 ] nlri 10.0.0.0/24 10.0.1.0/24',
  'announce flow route { match { source 10.0.0.0/8; destination-port =80; tcp-flags [ syn ]; } then { redirect 65000:1; } }',
  'announce vpls rd 192.0.2.1:1 endpoint 5 base 10 offset 1 size 8 next-hop 192.0.2.1',
  'announce ipv4 mpls-vpn 10.0.0.0/24 rd 65000:1 label [ 100 ] next-hop 192.0.2.1',
  'announce eor ipv4 unicast',
  'announce route-refresh ipv6 unicast',
  'announce operational asm afi ipv4 safi unicast advisory "text"',
  'announce watchdog w\nwithdraw watchdog w',
  'teardown 4\nflush adj-rib out\nclear adj-rib in\nhelp\nversion\n',
  'peer * announce route 10.0.0.0/24 next-hop 192.0.2.1\nsystem help\nsession ack disable',
  'group start\nannounce route 10.0.0.0/24 next-hop 192.0.2.1\nwithdraw route 10.0.0.0/24\ngroup end',
  'create neighbor 192.0.2.9 { local-as 65000; peer-as 65001; }\ndelete neighbor 192.0.2.9',
  '{"type": "announce", "neighbor": "192.0.2.1", "route": {"prefix": ["10.0.0.0/24"], "next-hop": "192.0.2.2", "community": ["65000:1"]}}',
];

export function* exabgpTextSeeds(): Generator<Seed> {
  for (const text of CONFIGURATIONS) yield { kind: 'configuration', bytes: Buffer.from(text) };
  for (const text of COMMANDS) yield { kind: 'command', bytes: Buffer.from(text) };
}

export const exabgpTargets: readonly Target[] = [
  { name: 'exabgp configuration', kind: 'configuration', weight: 2, run: readConfiguration },
  ...([4, 5, 6] as const).map(
    (version): Target => ({ name: `exabgp command ${version}`, kind: 'command', weight: 1, run: commandReader(version) }),
  ),
];

function readConfiguration(bytes: Uint8Array, start: number, end: number): number {
  try {
    const { neighbors, processes } = parseConfiguration(textOf(bytes, start, end), 'fuzz.conf', PLACES);
    let result = 1 + processes.length;
    for (const neighbor of neighbors) {
      for (const { family } of neighbor.routes) result ^= Math.imul(family, 0x9e37_79b1);
      result = Math.imul(result, 31) + neighbor.families.length * 8 + Math.min(neighbor.routes.length, 7);
    }
    return result;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return shape(error.message.split('\n')[0]!.replace(/^\S+/, ''));
  }
}

function commandReader(apiVersion: ApiVersion): Target['run'] {
  return (bytes, start, end) => {
    let result: number = apiVersion;
    let bug: unknown;
    const note = (line: string): void => {
      result = (Math.imul(result, 31) + shape(line)) | 0;
    };
    const source: CommandSource = {
      name: 'fuzz',
      neighbors: () => [neighbor],
      write: note,
      backlogBytes: () => 0,
      ack: 'on',
      get sync() {
        return false;
      },
      // Answers that wait for the socket come after the input is done.
      set sync(_isOn) {},
      encoder: 'json',
      pause: () => {},
      resume: () => {},
    };
    const neighbor = fakeNeighbor();
    const control: Control = {
      apiVersion,
      version: '5.0.0',
      uuid: 'fuzz',
      startedAt: new Date(0),
      showRoutesFormat: 'v2',
      neighbors: () => [neighbor],
      neighborsOf: () => [neighbor],
      changeRoutes: (_, routes) => {
        for (const { family } of routes) result ^= Math.imul(family, 0x9e37_79b1);
      },
      changeWatchdog: () => {},
      clearOut: () => {},
      queueStatus: () => ({}),
      shutdown: () => {},
      reload: () => {},
      restart: () => {},
      createNeighbor: () => {},
      deleteNeighbor: () => {},
      log: () => {},
      failed: note,
      unexpected: (error) => {
        bug ??= error;
      },
    };
    new CommandRunner(source, control).push(
      textOf(bytes, start, end)
        .split('\n')
        .filter((line) => !TAKES_TIME.test(line)),
    );
    if (bug !== undefined) throw bug;
    return result;
  };
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

/** A number for the sentence without what was found. */
function shape(sentence: string): number {
  let result = 7;
  for (const each of sentence.replace(/"[^"]*"|\d+/g, '').slice(0, 80)) result = (Math.imul(result, 31) + each.charCodeAt(0)) | 0;
  return result;
}
