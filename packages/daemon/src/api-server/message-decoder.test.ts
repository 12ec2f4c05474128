import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { create, type DescMessage, equals, type MessageInitShape, toBinary, toJsonString } from '@bufbuild/protobuf';
import { AddRoutesRequestSchema, ListRoutesRequestSchema } from '@tsbgp/api';
import { ControlError } from '../control-plane.ts';
import { Malformed, type ScanLimits, TooMuch } from './json-scan.ts';
import { API_LIMITS } from './limits.ts';
import { decodeJson, decodeProtobuf, PIECE_BYTES } from './message-decoder.ts';

const decode = (desc: DescMessage, octets: Uint8Array | string, limits: Partial<ScanLimits> = {}) =>
  typeof octets === 'string'
    ? decodeJson(desc, new TextEncoder().encode(octets), { ...API_LIMITS, ...limits }, () => undefined)
    : decodeProtobuf(desc, octets, { ...API_LIMITS, ...limits }, () => undefined);

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

const manyRoutes = (count: number): MessageInitShape<typeof AddRoutesRequestSchema> => ({
  routes: Array.from({ length: count }, (_, i) => ({
    prefix: `10.${(i >> 8) & 255}.${i & 255}.0/24`,
    nextHop: '192.0.2.1',
    attributes: [
      { flags: 0x40, kind: { case: 'asPath', value: { segments: [{ type: 2, asns: [64500, i] }] } } },
      { kind: { case: 'communities', value: { values: [i, 4_227_858_433] } } },
      { kind: { case: 'unknown', value: { code: 99, value: Uint8Array.of(i & 255, 0x5b, 0x22, 0x5c) } } },
    ],
  })),
});

suite('messages of requests', () => {
  for (const count of [0, 1, 3000]) {
    test(`${count} routes come out as they went in, in JSON and in protobuf, whole or in pieces`, async () => {
      const message = create(AddRoutesRequestSchema, manyRoutes(count));
      const octets = toBinary(AddRoutesRequestSchema, message);
      const json = toJsonString(AddRoutesRequestSchema, message, { prettySpaces: 1 });
      if (count === 3000) assert.ok(octets.length > 2 * PIECE_BYTES);
      for (const form of [octets, json]) {
        assert.ok(equals(AddRoutesRequestSchema, (await decode(AddRoutesRequestSchema, form)) as typeof message, message));
      }
    });
  }

  test('other work has its turn while a large message is decoded', async () => {
    const json = toJsonString(AddRoutesRequestSchema, create(AddRoutesRequestSchema, manyRoutes(20_000)));
    let turns = 0;
    let over = false;
    const count = (): void => {
      turns++;
      if (!over) setImmediate(count);
    };
    setImmediate(count);
    await decode(AddRoutesRequestSchema, json);
    over = true;
    assert.ok(turns >= json.length / PIECE_BYTES - 2, `${turns} turns for ${json.length} octets`);
  });

  const filler = ' '.repeat(2 * PIECE_BYTES);
  const notJson: [string, string][] = [
    ['nothing', ''],
    ['a text that ends early', '{"routes":[{}'],
    ['a string that ends early', '{"routes":["'],
    ['brackets that cross', '{"routes":[{]}}'],
    ['a comma too many', '{"routes":[{},]}'],
    ['a comma too many, at the end of a piece', `{"routes":[{}${filler},]}`],
    ['a comma too many, at the beginning of a piece', `{"routes":[${filler},{}]}`],
    ['a comma too many, between pieces', `{"routes":[{}${filler},${filler},{}]}`],
    ['a name too many', `{"routes":"routes"[{}${filler}]}`],
    ['two objects', '{} {}'],
    ['octets after the object', `{"routes":[{}${filler}]}]`],
    ['a list', '[]'],
  ];
  for (const [what, text] of notJson) {
    test(`${what} is not JSON`, () => assert.rejects(decode(AddRoutesRequestSchema, text), Malformed));
  }

  test('text that is not UTF-8 is not JSON', async () => {
    const octets = Uint8Array.from([...Buffer.from('{"filter":{"prefix":"'), 0xff, ...Buffer.from('"}}')]);
    await assert.rejects(
      decodeJson(ListRoutesRequestSchema, octets, API_LIMITS, () => undefined),
      Malformed,
    );
  });

  const wrong: [what: string, desc: DescMessage, text: string, place: string, sentence: RegExp][] = [
    [
      'a misspelled member',
      AddRoutesRequestSchema,
      '{"routes":[{"prefix":"10.0.0.0/8"},{"atributes":[]}]}',
      'routes[1].atributes',
      /is not known, allowed are family, prefix, nextHop, attributes/,
    ],
    [
      'a misspelled member of a filter',
      ListRoutesRequestSchema,
      '{"filter":{"prefx":"10.0.0.0/8"}}',
      'filter.prefx',
      /allowed are family, prefix/,
    ],
    ['a misspelled member of the request', ListRoutesRequestSchema, '{"fliter":{}}', 'fliter', /allowed are filter, neighbor/],
    [
      'a misspelled member deep inside',
      AddRoutesRequestSchema,
      '{"routes":[{"attributes":[{"origin":"ORIGIN_IGP"},{"asPath":{"segments":[{"type":"TYPE_SET","asn":[1]}]}}]}]}',
      'routes[0].attributes[1].as_path.segments[0].asn',
      /is not known, allowed are type, asns/,
    ],
    [
      'a number that is a text',
      AddRoutesRequestSchema,
      '{"routes":[{"pathIdentifier":"x"}]}',
      'routes[0].path_identifier',
      /found "x", allowed is a whole number/,
    ],
    [
      'an element of a list of numbers',
      AddRoutesRequestSchema,
      '{"routes":[{"attributes":[{"communities":{"values":[1,-1]}}]}]}',
      'routes[0].attributes[0].communities.values[1]',
      /found -1, allowed is a whole number from 0 to 4294967295/,
    ],
    [
      'an enumeration',
      ListRoutesRequestSchema,
      '{"filter":{"prefixMatch":"NEARLY"}}',
      'filter.prefix_match',
      /found "NEARLY", allowed is one of PREFIX_MATCH/,
    ],
    ['a list that is an object', AddRoutesRequestSchema, '{"routes":{}}', 'routes', /found an object, allowed is a list/],
    [
      'an object that is a text',
      AddRoutesRequestSchema,
      '{"routes":["10.0.0.0/8"]}',
      'routes[0]',
      /found "10.0.0.0\/8", allowed is an object/,
    ],
    [
      'two kinds of one attribute',
      AddRoutesRequestSchema,
      '{"routes":[{"attributes":[{"localPref":1,"multiExitDisc":1}]}]}',
      'routes[0].attributes[0]',
      /oneof/,
    ],
    ['a member twice', ListRoutesRequestSchema, '{"neighbor":"a","neighbor":"b"}', '', /duplicate/],
    ['a name with control characters', ListRoutesRequestSchema, '{"a\\u001bb":1}', '"a\\u001bb"', /is not known/],
  ];
  for (const [what, desc, text, place, sentence] of wrong) {
    test(`JSON: ${what} is refused with its place`, async () => {
      await assert.rejects(decode(desc, text), (error) => {
        assert.ok(error instanceof ControlError, String(error));
        assert.equal(error.field, place);
        assert.match(error.sentence, sentence);
        return true;
      });
    });
  }

  test('JSON: the place is right in a later piece too', async () => {
    const routes = Array.from({ length: 5000 }, (_, i) => (i === 4321 ? { prefx: '' } : { prefix: '192.0.2.0/24', nextHop: '192.0.2.1' }));
    await assert.rejects(decode(AddRoutesRequestSchema, JSON.stringify({ routes })), { field: 'routes[4321].prefx' });
  });

  test('a value that is quoted is cut', async () => {
    await assert.rejects(decode(AddRoutesRequestSchema, `{"routes":[{"pathIdentifier":"${'9'.repeat(500_000)}"}]}`), (error) => {
      assert.ok(error instanceof ControlError && error.message.length < 400, String(error).slice(0, 300));
      return true;
    });
  });

  const tooMuch: [what: string, input: Uint8Array | string, message: RegExp][] = [
    ['five million empty routes in JSON', `{"routes":[${'{},'.repeat(4_999_999)}{}]}`, /more than 2000000 objects and arrays/],
    [
      'five million empty routes in protobuf',
      new Uint8Array(10_000_000).map((_, i) => (i % 2 === 0 ? 0x0a : 0)),
      /more than 2000000 messages inside/,
    ],
    ['a filter with a prefix of 20 MB', `{"filter":{"prefix":"${'1'.repeat(20_000_000)}"}}`, /more than 1048576 octets/],
    ['an object 33 deep', `{"routes":${'[{"attributes":'.repeat(20)}1`, /depth of more than 32/],
    ['ten million octets of [ in a list', `{"routes":${'['.repeat(10_000_000)}`, /depth of more than 32/],
    [
      'nine million numbers',
      `{"routes":[{"x":[${'1,'.repeat(400_000)}1]},${`{"x":[${'1,'.repeat(400_000)}1]},`.repeat(20)}{}]}`,
      /more than 8000000 values/,
    ],
    ['a thousand members', `{${'"a":1,'.repeat(999)}"a":1}`, /more than 100 members/],
  ];
  for (const [what, input, message] of tooMuch) {
    test(`${what}: refused before it is parsed`, async () => {
      const started = performance.now();
      await assert.rejects(decode(AddRoutesRequestSchema, input), (error) => {
        assert.ok(error instanceof TooMuch, String(error));
        assert.match(error.message, message);
        return true;
      });
      assert.ok(performance.now() - started < 1000, `${performance.now() - started} ms`);
    });
  }

  test('ten million octets of [ are not JSON at the first', () =>
    assert.rejects(decode(AddRoutesRequestSchema, '['.repeat(10_000_000)), Malformed));

  const malformed: [what: string, octets: string][] = [
    ['a tag that is cut off', '80'],
    ['a length beyond the end', '0a05 0a00'],
    ['a length of 2^35', '0a ffffffff7f'],
    ['a nested length beyond its message', '0a03 0a 05 41'],
    ['field number 0', '00 00'],
    ['a group', '0b 0c'],
    ['wire type 7', '0f'],
    ['a text of wire type 0', '0a02 0a00 0a02 1001'],
    ['a number of eleven octets', '0a0b 18 8080808080808080808001'],
    ['a fixed number that is cut off', '0d 0000'],
    ['a packed number that is cut off', '0a08 2206 5a04 0a02 01ff'],
  ];
  for (const [what, octets] of malformed) {
    test(`protobuf: ${what} is malformed`, () => assert.rejects(decode(AddRoutesRequestSchema, hex(octets)), Malformed));
  }

  test('protobuf: fields that nobody knows are passed over and not kept', async () => {
    const message = await decode(AddRoutesRequestSchema, hex('fa0f 03 616263 a00601 0a00'));
    assert.equal(message.$unknown, undefined);
    assert.equal((message as unknown as { routes: unknown[] }).routes.length, 1);
  });
});
