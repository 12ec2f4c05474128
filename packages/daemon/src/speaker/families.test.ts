/** Families whose NLRI are no plain prefixes, through the daemon: received, listed, watched, sent to another neighbor, withdrawn. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  DEFAULT_CONTEXT,
  decodeUpdate,
  encodeUpdate,
  type Family,
  Fault,
  formatFamily,
  formatNlri,
  fromHex,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type Nlri,
  type PathAttribute,
  parseFamily,
  parseNlri,
} from '@tsbgp/wire';
import { nextHopForms } from '@tsbgp/wire/scan';
import { NLRI_VECTORS } from '../../../wire/test/vectors/nlri.ts';
import { until } from '../../test/api-server/serve.ts';
import { RawPeer } from '../../test/raw-peer.ts';
import { makeNeighbor, makeSpeaker } from '../../test/speakers.ts';
import type { RouteEvent } from '../control-plane.ts';

const UNKNOWN = parseFamily('afi-9/safi-200')!;
const EXAMPLES = new Map(NLRI_VECTORS.flatMap(({ examples }) => examples.map(([name, , , text]) => [parseFamily(name)!, text] as const)));
const FAMILIES: readonly Family[] = [...EXAMPLES.keys(), UNKNOWN].filter((family) => family !== IPV4_UNICAST && family !== IPV6_UNICAST);

/** An NLRI of the family. */
function exampleOf(family: Family): Nlri {
  if (family === UNKNOWN) return { type: 'unknown', family, bytes: fromHex('deadbeef') };
  return parseNlri(EXAMPLES.get(family)!, family);
}

function message(attributes: PathAttribute[]): Uint8Array {
  const body = encodeUpdate({ type: 'update', withdrawn: [], attributes, nlri: [] }, DEFAULT_CONTEXT);
  const bytes = new Uint8Array(19 + body.length).fill(0xff, 0, 16);
  new DataView(bytes.buffer).setUint16(16, bytes.length);
  bytes[18] = 2;
  bytes.set(body, 19);
  return bytes;
}

function announcement(family: Family): Uint8Array {
  const isIpv6 = nextHopForms(family)?.ipv4.length === 0;
  return message([
    { type: 'origin', flags: 0x40, value: 'igp' },
    { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: [65_002] }] },
    { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops: [isIpv6 ? '2001:db8::2' : '192.0.2.99'], nlri: [exampleOf(family)] } },
  ]);
}

suite('families whose NLRI are no plain prefixes', { timeout: 60_000 }, () => {
  const speaker = makeSpeaker();
  const got: string[] = [];
  const gone: string[] = [];
  let from: RawPeer;
  let to: RawPeer;

  before(async () => {
    const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
    speaker.addNeighbor(makeNeighbor(2, { families: FAMILIES, nextHopIpv6: '2001:db8::1' }));
    speaker.addNeighbor(makeNeighbor(3, { families: FAMILIES, nextHopIpv6: '2001:db8::1' }));
    from = new RawPeer(port, 2, 240, { families: FAMILIES });
    to = new RawPeer(port, 3, 240, { families: FAMILIES });
    to.onUpdate = (bytes, start, end) => {
      const update = decodeUpdate(bytes, start, end, DEFAULT_CONTEXT);
      assert.ok(!(update instanceof Fault));
      for (const attribute of update.attributes) {
        if (attribute.type === 'mp-reach-nlri') {
          for (const nlri of attribute.value.nlri) got.push(`${formatFamily(nlri.family)} ${formatNlri(nlri)}`);
        } else if (attribute.type === 'mp-unreach-nlri') {
          for (const { family } of attribute.value.nlri) gone.push(formatFamily(family));
        }
      }
    };
    await Promise.all([from.up(), to.up()]);
  });
  after(async () => {
    from.socket.destroy();
    to.socket.destroy();
    await speaker.close();
  });

  test('each family is listed, and goes to another neighbor in the octets that came', async () => {
    for (const family of FAMILIES) await from.write(announcement(family));
    await to.until(() => got.length >= FAMILIES.length, 'a route of each family');
    const expected = FAMILIES.map((family) => `${formatFamily(family)} ${formatNlri(exampleOf(family))}`);
    assert.deepEqual(got.toSorted(), expected.toSorted());
    for (const family of FAMILIES) {
      const { routes } = await speaker.routesPage({ table: 'best', family }, 10);
      const [route] = routes;
      assert.equal(route?.nlri === undefined ? route?.prefix : formatNlri(route.nlri), formatNlri(exampleOf(family)), formatFamily(family));
    }
    const counts = speaker.listNeighbors()[0]!.prefixes;
    assert.ok(counts.every(({ received, accepted }) => received === 1 && accepted === 1));
  });

  test('a route of EVPN that goes is withdrawn, and watchers are told which it was', async () => {
    const family = parseFamily('l2vpn-evpn')!;
    const events: RouteEvent[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const changes of speaker.watch({ table: 'best', family }, stop.signal)) events.push(...changes.events);
    })();
    await from.write(message([{ type: 'mp-unreach-nlri', flags: 0x80, value: { family, nlri: [exampleOf(family)] } }]));
    await to.until(() => gone.includes('l2vpn-evpn'), 'the withdrawal');
    await until(() => events.length > 0, 'the event');
    stop.abort();
    await watching.catch(() => undefined);
    const [event] = events;
    assert.ok(event?.type === 'withdraw');
    assert.equal(event.nlri && formatNlri(event.nlri), formatNlri(exampleOf(family)));
  });
});
