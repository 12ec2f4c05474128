/** `show adj-rib` of a program, with routes of every family that a neighbor may have. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type ApiVersion, CommandRunner, type CommandSource, type Control } from '@tsbgp/process-api';
import { DEFAULT_CONTEXT, encodeUpdate, type Family, fromHex, type Nlri, type PathAttribute, parseFamily, parseNlri } from '@tsbgp/wire';
import { nextHopForms } from '@tsbgp/wire/scan';
import { NLRI_VECTORS } from '../../../wire/test/vectors/nlri.ts';
import { until } from '../../test/api-server/serve.ts';
import { RawPeer } from '../../test/raw-peer.ts';
import { makeNeighbor, makeSpeaker } from '../../test/speakers.ts';
import { ProgramNeighbor } from './program-neighbor.ts';

const EXAMPLES: ReadonlyMap<Family, Nlri> = new Map([
  ...NLRI_VECTORS.flatMap(({ examples }) =>
    examples.map(([name, , , text]): [Family, Nlri] => [parseFamily(name)!, parseNlri(text, parseFamily(name)!)]),
  ),
  [parseFamily('afi-9/safi-200')!, { type: 'unknown', family: parseFamily('afi-9/safi-200')!, bytes: fromHex('deadbeef') }],
]);
const FAMILIES = [...EXAMPLES.keys()];

function announcement(family: Family, nlri: Nlri): Uint8Array {
  const nextHops = [nextHopForms(family)?.ipv4.length === 0 ? '2001:db8::2' : '192.0.2.99'];
  const attributes: PathAttribute[] = [
    { type: 'origin', flags: 0x40, value: 'igp' },
    { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: [65_002] }] },
    { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops, nlri: [nlri] } },
  ];
  const body = encodeUpdate({ type: 'update', withdrawn: [], attributes, nlri: [] }, DEFAULT_CONTEXT);
  const bytes = new Uint8Array(19 + body.length).fill(0xff, 0, 16);
  new DataView(bytes.buffer).setUint16(16, bytes.length);
  bytes[18] = 2;
  bytes.set(body, 19);
  return bytes;
}

suite('show adj-rib with routes of every family', { timeout: 60_000 }, () => {
  const speaker = makeSpeaker();
  let from: RawPeer;
  let to: RawPeer;

  before(async () => {
    const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
    for (const last of [2, 3]) speaker.addNeighbor(makeNeighbor(last, { families: FAMILIES, nextHopIpv6: '2001:db8::1' }));
    from = new RawPeer(port, 2, 240, { families: FAMILIES });
    to = new RawPeer(port, 3, 240, { families: FAMILIES });
    await Promise.all([from.up(), to.up()]);
    for (const [family, nlri] of EXAMPLES) await from.write(announcement(family, nlri));
    await until(() => speaker.getNeighbor('127.0.0.2').prefixes.every(({ received }) => received === 1), 'a route of each family');
    await speaker.programPort.settled();
  });
  after(async () => {
    from.socket.destroy();
    to.socket.destroy();
    await speaker.close();
  });

  /** The lines that answer the command. */
  async function answer(apiVersion: ApiVersion, command: string): Promise<string[]> {
    const host = {
      getNeighbor: speaker.getNeighbor,
      routes: speaker.routes,
      global: () => speaker.global(),
      resetSoftly: () => undefined,
      settled: () => speaker.programPort.settled(),
    };
    const neighbors = speaker.programPort.neighbors().map((each) => new ProgramNeighbor(each, host));
    const lines: string[] = [];
    const source: CommandSource = {
      name: 'test',
      neighbors: () => neighbors,
      write: (line) => lines.push(line),
      backlogBytes: () => 0,
      ack: 'on',
      sync: false,
      encoder: 'text',
      pause: () => undefined,
      resume: () => undefined,
    };
    const control: Pick<Control, 'apiVersion' | 'showRoutesFormat' | 'log'> = {
      apiVersion,
      showRoutesFormat: 'v2',
      log: (message) => lines.push(message),
    };
    new CommandRunner(source, control as Control).push([command]);
    await until(() => lines.at(-1) === 'done' || lines.at(-1) === 'error', 'the answer');
    return lines;
  }

  for (const [apiVersion, command] of [
    [5, 'show adj-rib in'],
    [5, 'show adj-rib out extensive'],
    [6, 'rib show in'],
    [6, 'rib show out extensive'],
  ] as const) {
    test(`${command} of version ${apiVersion} has a line for each`, async () => {
      const lines = await answer(apiVersion, command);
      assert.deepEqual([lines.length - 1, lines.at(-1)], [FAMILIES.length, 'done'], lines.join('\n'));
      const text = lines.join('\n');
      assert.doesNotMatch(text, /attribute \[ 0x03|attribute-0x03/, 'the next hop is said once');
      for (const word of ['192.0.2.0/24', 'flow', 'vpls', 'evpn']) assert.ok(text.includes(word), `${word} in\n${text}`);
    });
  }
});
