/** JSON and text that were tampered with: a value, or a ValueError with a sentence; nothing else is thrown, by whoever reads or writes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scaled } from '../../../test/scale.ts';
import { attributeContext } from '../test/arbitraries/attributes.ts';
import { fault, messages } from '../test/arbitraries/messages.ts';
import { ValueError } from './fault.ts';
import { faultFromJson, messageFromJson } from './json/messages.ts';
import { toJson } from './json.ts';
import { encodeMessage, type Message } from './messages/message.ts';
import { nlriFromJson } from './nlri/json.ts';
import { formatMessage, parseMessage } from './text/message.ts';
import { formatFault, parseFault } from './text/update.ts';

const context = attributeContext(false);

/** What `read` gives, or undefined where it throws ValueError. */
function orRefused<T>(read: () => T, shown: string): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof ValueError, `${String(error)}\n${error instanceof Error ? error.stack : ''}\n${shown}`);
    assert.ok(error.message.length > 5, error.message);
    return undefined;
  }
}

/** What was read can be shown, and written or refused. */
function isUsable(message: Message): void {
  formatMessage(message);
  JSON.stringify(toJson(message));
  orRefused(() => encodeMessage(message, context), JSON.stringify(toJson(message)));
}

/** Every place in it. */
function places(json: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof json !== 'object' || json === null) return [at];
  return [at, ...Object.entries(json).flatMap(([key, each]) => places(each, [...at, Array.isArray(json) ? Number(key) : key]))];
}

/** With something else at that place; undefined takes it away. */
function changed(json: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(json)) return json.map((each, i) => (i === key ? changed(each, rest, value) : each));
  const { [key]: old, ...others } = json as Record<string, unknown>;
  const now = changed(old, rest, value);
  return now === undefined ? others : { ...others, [key]: now };
}

const oddity = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    undefined,
    null,
    -1,
    1.5,
    256,
    65_536,
    4_294_967_296,
    1e21,
    '',
    '0',
    'x',
    '0x',
    '::',
    '0.0.0.0/33',
    '__proto__',
    'unknown',
    'ipv4-unicast',
    [],
    {},
    true,
  ),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef:./,-=+[](){}";& x'.split('')), maxLength: 12 }),
);

/** Small numbers no more often than others. */
const anywhere = fc.noBias(fc.nat());

const types = Object.keys(messages(context)) as Message['type'][];

for (const type of types) {
  const arbitrary: fc.Arbitrary<Message> = messages(context)[type];

  test(`JSON of ${type} with something else in one place`, () => {
    fc.assert(
      fc.property(arbitrary, anywhere, oddity, (message, where, value) => {
        const json = JSON.parse(JSON.stringify(toJson(message)));
        const all = places(json);
        const tampered = changed(json, all[where % all.length]!, value);
        const got = orRefused(() => messageFromJson(tampered), JSON.stringify(tampered));
        if (got !== undefined) isUsable(got);
      }),
      { seed: 7606, numRuns: scaled(1500) },
    );
  });

  test(`text of ${type} with other characters in one place`, () => {
    const piece = fc.string({ unit: fc.constantFrom(...'0123456789abcdefx:./,-=+[](){}";& \\|<>!\n'.split('')), maxLength: 4 });
    fc.assert(
      fc.property(arbitrary, anywhere, fc.nat(4), piece, (message, where, count, other) => {
        const text = formatMessage(message);
        const at = where % (text.length + 1);
        const tampered = text.slice(0, at) + other + text.slice(at + count);
        const got = orRefused(() => parseMessage(tampered), tampered);
        if (got !== undefined) isUsable(got);
      }),
      { seed: 7606, numRuns: scaled(1500) },
    );
  });
}

test('faults', () => {
  fc.assert(
    fc.property(fault, anywhere, oddity, (value, where, odd) => {
      const json = JSON.parse(JSON.stringify(toJson(value)));
      const all = places(json);
      const tampered = changed(json, all[where % all.length]!, odd);
      orRefused(() => faultFromJson(tampered), JSON.stringify(tampered));
      const text = formatFault(value);
      orRefused(() => parseFault(text.slice(0, where % text.length)), text);
    }),
    { seed: 7606, numRuns: scaled(500) },
  );
});

/** Text and JSON that are long or deep: no stack and no count of arguments gives way. */
const MANY = 150_000;
for (const [what, text] of [
  ['prefixes', `update nlri { ${'10.0.0.0/8; '.repeat(MANY)}10.0.0.0/8 }`],
  ['withdrawn prefixes', `update withdrawn { ${'10.0.0.0/8; '.repeat(MANY)}10.0.0.0/8 }`],
  ['attributes', `update attributes { ${'ORIGIN igp; '.repeat(MANY)}ORIGIN igp }`],
  ['AS numbers', `update attributes { AS_PATH ${'1 '.repeat(MANY)}1 }`],
  [
    'nested nodes',
    `update attributes { MP_UNREACH_NLRI bgp-ls nlri { node protocol 2 identifier 1 descriptors [${'local-node ['.repeat(20_000)}${']'.repeat(20_000)}] } }`,
  ],
  ['nested TLVs', `update attributes { TUNNEL_ENCAPSULATION tunnel-15 ${'(segment-list '.repeat(20_000)}${')'.repeat(20_000)} }`],
  [
    'capabilities',
    `open version 4 as 1 hold-time 90 bgp-identifier 192.0.2.1 capabilities { ${'route-refresh; '.repeat(MANY)}route-refresh }`,
  ],
] as const) {
  test(`text of very many ${what} is read or refused`, () => {
    const got = orRefused(() => parseMessage(text), what);
    if (got === undefined) return;
    orRefused(() => encodeMessage(got, context), what);
    assert.ok(formatMessage(got).length > 0);
  });
}

for (const [what, json] of [
  ['deep lists', `{"type":"update","nlri":${'['.repeat(5000)}${']'.repeat(5000)}}`],
  [
    'nested nodes',
    `{"type":"bgp-ls","family":"bgp-ls","kind":"node","protocol":2,"identifier":"1","descriptors":${'[{"name":"local-node","descriptors":'.repeat(5000)}[]${'}]'.repeat(5000)}}`,
  ],
] as const) {
  test(`JSON of ${what} is refused`, () => {
    const value: unknown = JSON.parse(json);
    assert.equal(
      orRefused(() => messageFromJson(value), what),
      undefined,
    );
    assert.equal(
      orRefused(() => nlriFromJson(value), what),
      undefined,
    );
  });
}
