/** docs/wire.md: each row of its tables is text, JSON and octets of one value, there is one for each type, and errors read as it says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ATTRIBUTE_VECTORS } from '../test/vectors/attributes.ts';
import { NLRI_VECTORS } from '../test/vectors/nlri.ts';
import type { PathAttribute } from './attributes/attribute.ts';
import { encodeAttributes, formatAttribute, formatAttributeValue, parseAttribute } from './attributes/attributes.ts';
import { ATTRIBUTE_CODECS } from './attributes/registry.ts';
import { ByteWriter, toHex } from './bytes.ts';
import { encodeCapability, formatCapability, parseCapability } from './capabilities/capabilities.ts';
import { CAPABILITIES } from './capabilities/registry.ts';
import { DEFAULT_CONTEXT, type WireContext } from './context.ts';
import { type Family, parseFamily } from './family.ts';
import * as wire from './index.ts';
import { attributeFromJson } from './json/attributes.ts';
import { capabilityFromJson } from './json/capabilities.ts';
import { faultFromJson, messageFromJson } from './json/messages.ts';
import { toJson } from './json.ts';
import { encodeMessage } from './messages/message.ts';
import { nlriFromJson } from './nlri/json.ts';
import { appendNlri, formatNlri, type Nlri, parseNlri } from './nlri/nlri.ts';
import { formatMessage, parseMessage } from './text/message.ts';
import { formatFault, parseFault } from './text/update.ts';

const document = readFileSync(new URL('../../../docs/wire.md', import.meta.url), 'utf8');
const CONTEXT: WireContext = { ...DEFAULT_CONTEXT, peerType: 'ibgp' };
const MARKER_LENGTH = 16;

/** The rows of the first table below a heading, without their code marks. */
function table(heading: string): string[][] {
  const section = document.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section
    .slice(section.indexOf('\n|'))
    .trimStart()
    .split(/\n(?!\|)/)[0]!
    .split('\n')
    .slice(2);
  assert.ok(rows.length > 1, `a table below "${heading}"`);
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) =>
        cell
          .trim()
          .replace(/^`(.*)`$/, '$1')
          .replaceAll('\\|', '|'),
      ),
  );
}

/** One row; gives the type of its value. */
function holds<T extends object>(
  text: string,
  json: string,
  parse: (text: string) => T,
  format: (value: T) => string,
  fromJson: (json: unknown) => T,
): T {
  const value = parse(text);
  assert.equal(format(value), text);
  assert.deepEqual(toJson(value), JSON.parse(json));
  assert.deepEqual(fromJson(JSON.parse(json)), value);
  return value;
}

function sorted(types: Iterable<string>): string[] {
  return [...new Set(types)].sort();
}

test('messages', () => {
  const types = table('Messages').map(([text = '', json = '', octets]) => {
    const message = holds(text, json, parseMessage, formatMessage, (each) => messageFromJson(each));
    assert.equal(toHex(encodeMessage(message, CONTEXT), MARKER_LENGTH), octets, text);
    return message.type;
  });
  assert.deepEqual(sorted(types), ['keepalive', 'notification', 'open', 'operational', 'route-refresh', 'update']);
});

test('path attributes', () => {
  const types = table('Path attributes').map(([text = '', json = '', octets]) => {
    const attribute = holds<PathAttribute>(
      text,
      json,
      (each) => parseAttribute(each),
      formatAttribute,
      (each) => attributeFromJson(each),
    );
    assert.equal(toHex(encodeAttributes([attribute], CONTEXT)), octets, text);
    const { examples } = ATTRIBUTE_VECTORS.find(({ type }) => type === attribute.type) ?? {};
    assert.ok(
      examples?.some((example) => example[1] === formatAttributeValue(attribute)) ?? attribute.type === 'unknown',
      `${text} is an example`,
    );
    return attribute.type;
  });
  assert.deepEqual(sorted(types), sorted([...ATTRIBUTE_CODECS.flatMap((codec) => codec?.type ?? []), 'unknown']));
});

test('NLRI', () => {
  const types = table('NLRI').map(([name = '', text = '', json = '', octets]) => {
    const family: Family = parseFamily(name)!;
    const nlri = holds<Nlri>(
      text,
      json,
      (each) => parseNlri(each, family),
      formatNlri,
      (each) => nlriFromJson(each),
    );
    const out = new ByteWriter();
    appendNlri(out, nlri, { ...CONTEXT, addPath: new Set(nlri.pathIdentifier === undefined ? [] : [family]) });
    assert.equal(toHex(out.take()), octets, text);
    return nlri.type;
  });
  assert.deepEqual(sorted(types), sorted([...NLRI_VECTORS.map((vectors) => vectors.type), 'unknown']));
});

test('capabilities', () => {
  const types = table('Capabilities').map(([text = '', json = '', octets]) => {
    const capability = holds(text, json, parseCapability, formatCapability, (each) => capabilityFromJson(each));
    assert.equal(toHex(encodeCapability(capability)), octets, text);
    return capability.type;
  });
  assert.deepEqual(sorted(types), sorted([...CAPABILITIES.map((row) => row.type), 'unknown']));
});

test('communities', () => {
  const kinds = table('Communities').map(([kind = '', text = '', octets]) => {
    const attribute = parseAttribute(`${kind === 'standard' ? '' : `${kind}-`}communities`, text);
    const json = toJson(attribute) as { value: unknown[] };
    assert.deepEqual(json.value, [text]);
    assert.deepEqual(attributeFromJson(json), attribute);
    assert.equal(toHex(encodeAttributes([attribute], CONTEXT), 3), octets, text);
    return kind;
  });
  assert.deepEqual(sorted(kinds), ['extended', 'ipv6-extended', 'large', 'standard']);
});

test('faults', () => {
  for (const [text = '', json = ''] of table('Faults')) holds(text, json, parseFault, formatFault, (each) => faultFromJson(each));
});

test('errors', () => {
  const exported: Readonly<Record<string, unknown>> = wire;
  for (const [name = '', given = '', says] of table('Errors')) {
    const read = exported[name];
    assert.ok(typeof read === 'function', `${name} is exported`);
    assert.throws(() => read(name.endsWith('FromJson') ? JSON.parse(given) : given), { name: 'ValueError', message: says });
  }
});

test('the functions that are named are exported', () => {
  const names = [
    ...document.matchAll(/`((?:format|parse|decode|encode|reconcile|negotiate|notificationOf|endOfRib|toJson|[a-z]+FromJson)\w*)[`(]/g),
  ];
  assert.ok(names.length > 30);
  for (const [, name = ''] of names) assert.ok(name in wire, name);
});
