import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_CONTEXT, decodeMessage, Fault, findAttribute, formatAttribute, type Message, messageLength } from '@tsbgp/wire';
import { isKnownTo, labRoute, loadSeeds } from './routes.ts';
import { AMBER, LAB_PEERS } from './topology.ts';
import { announce, endOfRib, withdraw } from './updates.ts';

function messagesOf(bytes: Uint8Array): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + messageLength(bytes, at);
    const message = decodeMessage(bytes, at, end, DEFAULT_CONTEXT);
    assert.ok(!(message instanceof Fault), message instanceof Fault ? message.reason : '');
    messages.push(message);
    at = end;
  }
  return messages;
}

function prefixesOf(messages: readonly Message[], kind: 'announced' | 'withdrawn'): string[] {
  return messages.flatMap((message) => {
    assert.equal(message.type, 'update');
    if (message.type !== 'update') return [];
    assert.equal(message.fault, undefined);
    const ipv4 = kind === 'announced' ? message.nlri : message.withdrawn;
    const ipv6 = findAttribute(message.attributes, kind === 'announced' ? 'mp-reach-nlri' : 'mp-unreach-nlri')?.value.nlri ?? [];
    return [...ipv4, ...ipv6].map((nlri) => ('prefix' in nlri ? String(nlri.prefix) : ''));
  });
}

test('what a peer announces decodes without fault to exactly its prefixes', () => {
  for (const [position, peer] of LAB_PEERS.entries()) {
    const seeds = loadSeeds().filter((seed) => isKnownTo(position, seed));
    const routes = seeds.map((seed) => labRoute(peer, seed, 0));
    const announced = prefixesOf(messagesOf(announce(peer, routes, DEFAULT_CONTEXT)), 'announced');
    assert.deepEqual(announced.toSorted(), seeds.map((seed) => seed.prefix).toSorted());
  }
});

test('a route carries its path, communities and next hop', () => {
  const seed = loadSeeds().find((seed) => seed.prefix === '193.0.0.0/21');
  assert.ok(seed !== undefined);
  const route = labRoute(AMBER, seed, 0);
  const [message] = messagesOf(announce(AMBER, [route], DEFAULT_CONTEXT));
  assert.ok(message?.type === 'update');
  const text = message.attributes.map(formatAttribute).join('\n');
  assert.match(text, new RegExp(route.asPath.join(' ')));
  assert.match(text, /192\.0\.2\.2/);
  assert.match(text, /64496:100/);
});

test('withdraws and End-of-RIB, both families', () => {
  const prefixes = ['192.0.2.0/24', '2001:db8::/32'];
  assert.deepEqual(prefixesOf(messagesOf(withdraw(prefixes, DEFAULT_CONTEXT)), 'withdrawn'), prefixes);
  const families = messagesOf(endOfRib(DEFAULT_CONTEXT)).map((message) => (message.type === 'update' ? message.endOfRib : undefined));
  assert.equal(families.length, 2);
  assert.ok(families.every((family) => family !== undefined));
});
