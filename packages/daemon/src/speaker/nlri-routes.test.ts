/** Routes of our own whose NLRI are no plain prefixes: added through the API, sent to a neighbor, listed, deleted, refused. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { create, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf';
import { LocalRouteSchema } from '@tsbgp/api';
import { DEFAULT_CONTEXT, decodeUpdate, type Family, Fault, formatFamily, formatNlri, parseFamily, parseNlri, toJson } from '@tsbgp/wire';
import { nextHopForms } from '@tsbgp/wire/scan';
import { NLRI_VECTORS } from '../../../wire/test/vectors/nlri.ts';
import { RawPeer } from '../../test/raw-peer.ts';
import { makeNeighbor, makeSpeaker } from '../../test/speakers.ts';
import { keyBatch, routeBatch } from '../api-server/tsbgp/route-batches.ts';
import { hasPrefixes } from '../keys/families.ts';

const EXAMPLES = new Map(NLRI_VECTORS.flatMap(({ examples }) => examples.map(([name, , , text]) => [parseFamily(name)!, text] as const)));
const FAMILIES: readonly Family[] = [...EXAMPLES.keys()].filter((family) => !hasPrefixes(family));

const FLOW = toJson(parseNlri('destination-prefix 192.0.2.0/24', parseFamily('ipv4-flowspec')!)) as JsonObject;

function textOf(family: Family): string {
  return formatNlri(parseNlri(EXAMPLES.get(family)!, family));
}

function routes(...given: MessageInitShape<typeof LocalRouteSchema>[]) {
  return given.map((route) => create(LocalRouteSchema, route));
}

suite('injected routes whose NLRI are no plain prefixes', { timeout: 60_000 }, () => {
  const speaker = makeSpeaker();
  const got: string[] = [];
  const gone: string[] = [];
  let to: RawPeer;

  before(async () => {
    const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
    speaker.addNeighbor(makeNeighbor(3, { families: FAMILIES, nextHopIpv6: '2001:db8::1' }));
    to = new RawPeer(port, 3, 240, { families: FAMILIES });
    to.onUpdate = (bytes, start, end) => {
      const update = decodeUpdate(bytes, start, end, DEFAULT_CONTEXT);
      assert.ok(!(update instanceof Fault));
      for (const attribute of update.attributes) {
        if (attribute.type === 'mp-reach-nlri')
          got.push(...attribute.value.nlri.map((nlri) => `${formatFamily(nlri.family)} ${formatNlri(nlri)}`));
        if (attribute.type === 'mp-unreach-nlri') gone.push(...attribute.value.nlri.map(({ family }) => formatFamily(family)));
      }
    };
    await to.up();
  });
  after(async () => {
    to.socket.destroy();
    await speaker.close();
  });

  const all = FAMILIES.map((family) => {
    const nextHop = nextHopForms(family)?.ipv4.length === 0 ? '2001:db8::2' : '192.0.2.99';
    return { family: formatFamily(family), nextHop, nlri: { text: textOf(family) } };
  });

  test('each family is announced and listed', async () => {
    await speaker.addRoutes(routeBatch(routes(...all)));
    await to.until(() => got.length >= all.length, 'a route of each family');
    assert.deepEqual(got.toSorted(), all.map(({ family, nlri }) => `${family} ${nlri.text}`).toSorted());
    for (const family of FAMILIES) {
      const [route] = (await speaker.routesPage({ table: 'best', family }, 10)).routes;
      assert.equal(route?.nlri && formatNlri(route.nlri), textOf(family), formatFamily(family));
    }
  });

  test('each family is withdrawn', async () => {
    assert.equal(await speaker.deleteRoutes(keyBatch(routes(...all))), all.length);
    await to.until(() => gone.length >= all.length, 'a withdrawal of each family');
    assert.equal(await speaker.deleteRoutes(keyBatch(routes(...all))), 0);
  });

  test('a flow specification needs no next hop, and may be given by its members', async () => {
    const nlri = { text: 'destination-prefix 198.51.100.0/24' };
    await speaker.addRoutes(routeBatch(routes({ family: 'ipv4-flowspec', nlri })));
    await to.until(() => got.some((line) => line.includes('198.51.100.0/24')), 'the flow specification');
    const fields = toJson(parseNlri(nlri.text, parseFamily('ipv4-flowspec')!)) as JsonObject;
    assert.equal(await speaker.deleteRoutes(keyBatch(routes({ family: 'ipv4-flowspec', nlri: { fields } }))), 1);
  });

  for (const [problem, route, field] of [
    ['no next hop', { family: 'l2vpn-evpn', nlri: { text: textOf(parseFamily('l2vpn-evpn')!) } }, 'routes[0].next_hop'],
    ['members of another family', { family: 'ipv6-flowspec', nlri: { fields: FLOW } }, 'routes[0].nlri'],
    [
      'an SR policy without next hop',
      { family: 'ipv4-sr-policy', nlri: { text: textOf(parseFamily('ipv4-sr-policy')!) } },
      'routes[0].next_hop',
    ],
    ['text that is none', { family: 'ipv4-flowspec', nlri: { text: 'nonsense' } }, 'routes[0].nlri'],
    ['nothing in it', { family: 'ipv4-flowspec', nlri: {} }, 'routes[0].nlri'],
    ['a family of prefixes', { family: 'ipv4-unicast', nextHop: '192.0.2.1', nlri: { text: '192.0.2.0/24' } }, 'routes[0].nlri'],
    ['a family that nobody knows', { family: 'afi-9/safi-200', nlri: { text: '00' } }, 'routes[0].nlri'],
    ['a prefix beside it', { family: 'ipv4-flowspec', prefix: '192.0.2.0/24', nlri: { text: 'x' } }, 'routes[0].nlri'],
  ] as const) {
    test(`refused: ${problem}`, async () => {
      await assert.rejects(async () => speaker.addRoutes(routeBatch(routes(route))), { code: 'invalid-argument', field });
    });
  }
});
