/** The exact lines of three releases of ExaBGP, for every message of the corpus that they can show. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ApiVersion,
  type EventNeighbor,
  type ExaEvent,
  jsonEvent,
  type NegotiatedView,
  shutdownJson,
  textEvent,
  viewUpdate,
} from '@tsbgp/process-api';
import { decodeOpenBody, Fault, fromHex, HEADER_LENGTH, makeFamily, type WireContext } from '@tsbgp/wire';
import { type CorpusCase, type CorpusMessage, corpusFiles, corpusJson, type Observed, SKIP } from '../test/corpus.ts';
import { parseConfiguration } from './config/configuration.ts';

const RELEASES: readonly (readonly [ApiVersion, string])[] = [
  [4, '4.2.25'],
  [5, '5.0.13'],
  [6, '6.0.0-dev'],
];
const FRAME = { time: 0, host: 'host', pid: 1, ppid: 1 };
const PLACES = { etc: '/etc/exabgp', folder: '/', path: '' };

function contextOf(config: string | undefined): { context: WireContext; neighbor: EventNeighbor } {
  const neighbor = { localAddress: '127.0.0.1', peerAddress: '127.0.0.1', localAs: 65533, peerAs: 65533, routerId: '10.0.0.2' };
  const context = { fourOctetAs: true, addPath: new Set<never>(), peerType: 'ibgp', extendedMessage: false } as const;
  if (config === undefined) return { context, neighbor };
  const { neighbors } = parseConfiguration(config.replaceAll(/run [^;]*;/g, 'run /bin/sh;'), 'config', PLACES);
  const [first] = neighbors;
  if (first === undefined) return { context, neighbor };
  const { send, receive } = first.capabilities['add-path'];
  const localAs = Number(first.localAs);
  return {
    context: {
      ...context,
      extendedNextHop: new Map(first.nextHops.map((each) => [each.family, new Set([each.nextHopAfi])])),
      addPath: new Set(send || receive ? first.addPath : []),
      peerType: first.peerAs === localAs ? 'ibgp' : 'ebgp',
    },
    neighbor: {
      localAddress: first.localAddress,
      peerAddress: first.peerAddress,
      localAs,
      peerAs: Number(first.peerAs),
      routerId: first.routerId,
    },
  };
}

/** Volatile members of a frame, which the corpus has set to constants, and those that depend on the made-up neighbor. */
function messageOf(line: string): string {
  return line.slice(line.indexOf('"message":'));
}

function linesOf(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^neighbor \S+ /, ''));
}

/** Objects of two texts of JSON, with large numbers as text. */
function parsed(text: string): unknown {
  return JSON.parse(text.replaceAll(/: (\d{15,})/g, ': "$1"'));
}

/** Where the corpus is not to be imitated, or says nothing exact; see docs/exabgp.md. */
const NOT_EXACT: Readonly<Record<string, string>> = {
  'bgp-ls-7 4': 'a member three times',
};

/** 5.0 has a line break inside a line; 4.2 has other words for TLVs of BGP-LS in its text. */
const BROKEN_TEXT = new Set(['bgp-ls-6 5', 'bgp-ls-7 4', 'bgp-ls-9 4']);

for (const folder of ['encoding', 'api', 'decoding']) {
  for (const file of corpusFiles(folder)) {
    test(`${folder}/${file}: each message reads as in ExaBGP 4.2, 5.0 and 6.0`, () => {
      const found = corpusJson<CorpusCase & CorpusMessage>(`${folder}/${file}`)!;
      const { context, neighbor } = contextOf(found.config ?? found.config_files?.[0]?.text);
      const messages: CorpusMessage[] =
        folder === 'decoding' ? [found] : (found.sessions ?? []).flatMap(({ stages }) => stages.flatMap((stage) => stage.messages));
      for (const message of messages) check(message, found.name, context, neighbor);
    });
  }
}

function check(message: CorpusMessage, name: string, context: WireContext, neighbor: EventNeighbor): void {
  if (message.observed === undefined || message.raw === undefined) return;
  const octets = fromHex(message.raw);
  const start = octets[0] === 0xff ? HEADER_LENGTH : 0;
  const update = viewUpdate(octets, start, octets.length, context);
  assert.ok(!(update instanceof Fault), `${name}: ${update instanceof Fault ? update.reason : ''}`);
  const event: ExaEvent = {
    type: 'message',
    direction: 'in',
    content: { type: 'update', update },
    octets: undefined,
    negotiated: undefined,
  };
  for (const [version, release] of RELEASES) {
    const observed: Observed | undefined = message.observed?.[release];
    if (observed === undefined) continue;
    const line = jsonEvent(event, neighbor, 1, FRAME, { version, compact: false });
    if (observed.json_line !== undefined && observed.json_malformed !== true && observed.json !== null) {
      if (`${name} ${version}` in NOT_EXACT)
        assert.deepEqual(parsed(`{${messageOf(line).slice(0, -4)}}`), parsed(`{${messageOf(observed.json_line).slice(0, -4)}}`));
      else assert.equal(messageOf(line), messageOf(observed.json_line), `${name}, ${release}`);
    } else JSON.parse(line); // what they print is broken; ours is not
    if (observed.text !== undefined && observed.text !== null && !BROKEN_TEXT.has(`${name} ${version}`)) {
      assert.deepEqual(linesOf(textEvent(event, neighbor, version) ?? ''), linesOf(observed.text), `${name}, text of ${release}`);
    }
  }
}

interface EventCase {
  readonly event: string;
  readonly negotiated_option: boolean;
  readonly consolidate: boolean;
  readonly direction: 'receive' | 'send' | null;
  readonly raw?: string;
  readonly [release: string]: unknown;
}

const NEIGHBOR: EventNeighbor = {
  localAddress: '192.0.2.1',
  peerAddress: '192.0.2.2',
  localAs: 65001,
  peerAs: 65002,
  routerId: '10.0.0.1',
};
const family = (afi: number, safi: number) => makeFamily(afi, safi);
const FAMILIES = [family(1, 1), family(1, 133), family(2, 1), family(25, 70)];

function negotiatedOf(version: ApiVersion): NegotiatedView {
  const addPath = version === 6 ? [family(1, 1), family(2, 1)] : FAMILIES;
  return {
    messageSize: 65535,
    holdTimeSeconds: 180,
    asn4: true,
    multisession: false,
    operational: true,
    refresh: 'enhanced',
    families: FAMILIES,
    nextHops: [{ family: family(1, 1), nextHopAfi: 2 }],
    addPathSend: addPath,
    addPathReceive: addPath,
  };
}

function eventOf(found: EventCase, version: ApiVersion): ExaEvent | 'shutdown' {
  const negotiated = found.negotiated_option ? negotiatedOf(version) : undefined;
  const octets = fromHex(found.raw ?? '');
  const direction = found.direction ?? 'receive';
  const message = (content: Extract<ExaEvent, { type: 'message' }>['content']): ExaEvent => ({
    type: 'message',
    direction,
    content,
    octets: found.consolidate ? octets : undefined,
    negotiated,
  });
  switch (found.event) {
    case 'up':
    case 'connected':
      return { type: 'state', state: found.event };
    case 'down':
      return { type: 'state', state: 'down', reason: 'peer reset, message (notification received (6,2)) error "x"' };
    case 'shutdown':
      return 'shutdown';
    case 'negotiated':
      return { type: 'negotiated', negotiated: negotiatedOf(version) };
    case 'fsm':
      return { type: 'fsm', state: 'ESTABLISHED' };
    case 'signal':
      return { type: 'signal', code: 10, name: 'SIGUSR1' };
    case 'open': {
      const open = decodeOpenBody(octets, HEADER_LENGTH, octets.length);
      assert.ok(!(open instanceof Fault));
      return message({ type: 'open', open });
    }
    case 'notification':
      return message({ type: 'notification', notification: { type: 'notification', code: 6, subcode: 2, data: octets.slice(21) } });
    case 'refresh':
    case 'borr':
      return message({ type: 'refresh', refresh: { type: 'route-refresh', family: family(1, 1), subtype: octets[21]! } });
    case 'eor':
    case 'eor6': {
      const update = viewUpdate(octets, HEADER_LENGTH, octets.length, {
        fourOctetAs: true,
        addPath: new Set(),
        peerType: 'ebgp',
        extendedMessage: false,
      });
      assert.ok(!(update instanceof Fault));
      return message({ type: 'update', update });
    }
    case 'keepalive':
      return message({ type: 'keepalive' });
    case 'packets':
      return { type: 'packet', direction, octets, negotiated };
    default:
      throw new Error(`no such event: ${found.event}`);
  }
}

test('events.json: every event line of ExaBGP 4.2, 5.0 and 6.0', { skip: SKIP }, () => {
  const { cases } = corpusJson<{ cases: readonly EventCase[] }>('events.json')!;
  for (const found of cases) {
    for (const [version, release] of RELEASES) {
      const expected = found[release] as { json?: string | null; text?: string | null; broken?: readonly string[] } | undefined;
      if (expected === undefined) continue;
      const title = `${found.event}, negotiated ${found.negotiated_option}, consolidate ${found.consolidate}, ${release}`;
      const event = eventOf(found, version);
      const line = event === 'shutdown' ? shutdownJson(FRAME, version) : jsonEvent(event, NEIGHBOR, 1, FRAME, { version, compact: false });
      JSON.parse(line);
      if (typeof expected.json === 'string' && expected.broken?.includes('json') !== true) assert.equal(line, expected.json, title);
      const text = event === 'shutdown' ? 'shutdown 1 1\n' : textEvent(event, NEIGHBOR, version);
      if (typeof expected.text === 'string' && expected.broken?.includes('text') !== true) assert.equal(text, expected.text, title);
    }
  }
});
