/** What the vectors say of NLRI, made from ours, so that both can be compared. */
import assert from 'node:assert/strict';
import { parseAddress } from '../src/address.ts';
import { toHex } from '../src/bytes.ts';
import type { Nlri } from '../src/nlri/nlri.ts';
import { type Fields, NLRI_VECTORS, type NlriVectors } from './vectors/nlri.ts';

/** Whether the NLRI are what `expect` of a vector says of them, all of it. */
export function assertNlri(got: readonly Nlri[], expected: readonly unknown[]): void {
  assertSays(
    got.map((nlri) => comparable(neutralLeaf(neutral(nlri)))),
    expected.map((fields, i) => comparable(vectorsOf(got[i])?.neutralExpected?.(fields as Fields) ?? fields)),
    'nlri',
  );
}

/** Whether `got` says all that `want` says: lists are equal in length, objects have at least the members of `want`. */
export function assertSays(got: unknown, want: unknown, where: string): void {
  if (Array.isArray(want)) {
    assert.ok(Array.isArray(got), `${where} is no list`);
    assert.equal(got.length, want.length, `length of ${where}`);
    for (const [i, each] of want.entries()) assertSays(got[i], each, `${where}[${i}]`);
  } else if (typeof want === 'object' && want !== null) {
    assert.ok(typeof got === 'object' && got !== null, `${where} is no object`);
    for (const [key, each] of Object.entries(want)) assertSays((got as Fields)[key], each, `${where}.${key}`);
  } else {
    assert.deepEqual(got, want, where);
  }
}

function vectorsOf(nlri: Nlri | undefined): NlriVectors | undefined {
  return NLRI_VECTORS.find(({ type }) => type === nlri?.type);
}

/** What `expect` of a vector says of an NLRI, made from ours. */
function neutral(nlri: Nlri): Fields {
  return {
    ...(nlri.pathIdentifier !== undefined && { path_id: nlri.pathIdentifier }),
    ...(nlri.type === 'unknown' ? { raw: toHex(nlri.bytes) } : vectorsOf(nlri)!.neutral(nlri)),
    ...('rd' in nlri && nlri.rd !== undefined && { rd: nlri.rd.replace('L', '') }),
  };
}

/** Both sides without what only one of them prints, addresses by value. */
function comparable(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => comparable(each));
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'string') return comparableText(value, key);
  if (typeof value !== 'object' || value === null) return value;
  const fields = { ...(value as Fields) };
  const target = fields['route_target'] as Fields | undefined;
  if (target !== undefined) fields['raw'] = target['raw'];
  if (fields['route_target_raw'] !== undefined) fields['raw'] = fields['route_target_raw'];
  if (fields['origin_as'] !== undefined && typeof fields['raw'] === 'string') {
    const bits = Number(fields['prefix_len']) - 32;
    const raw = BigInt(`0x${fields['raw'].padEnd(16, '0')}`);
    fields['raw'] = ((raw >> BigInt(64 - bits)) << BigInt(64 - bits)).toString(16);
  }
  const skipped = [
    'route_target',
    'route_target_raw',
    'nlri_type_name',
    'length',
    'mac_len',
    'ip_len',
    'endpoint_len',
    'source_len',
    'teid_bits',
    'teid_raw',
    'architecture',
    'prefix_len',
  ];
  const result: Fields = {};
  for (const [name, each] of Object.entries(fields)) {
    if (skipped.includes(name) && !(name === 'prefix_len' && fields['origin_as'] !== undefined)) continue;
    if (name === 'offset' && each === 0) continue;
    if (name === 'route_type' && fields['route_type_name'] !== 'unknown') continue;
    if (each === null || each === undefined) continue;
    result[name] = comparable(each, name);
  }
  return result;
}

function comparableText(text: string, key: string): string {
  if (key === 'esi' || key === 'mac') return text.replaceAll(':', '');
  // A designated router's interface behind the router: the vectors print octets.
  if (key === 'igp_router_id' && /^[\d.]+-\d+\./.test(text))
    return text
      .split('-')
      .map((part) => toHex(parseAddress(part)!))
      .join('');
  const foreign = /^type(\d+):([0-9a-f]{12})$/.exec(text);
  if (key === 'rd' && foreign !== null) return `0x${Number(foreign[1]).toString(16).padStart(4, '0')}${foreign[2]}`;
  const [host = '', length] = text.split('/');
  const address = parseAddress(host);
  return address === undefined ? text : `${toHex(address)}${length === undefined ? '' : `/${length}`}`;
}

/** A leaf A-D route's key and router stand in one `raw` in the vectors. */
function neutralLeaf(fields: Fields): Fields {
  const { route_key: key, originating_router: router, ...rest } = fields;
  if (!(key instanceof Uint8Array)) return fields;
  const address = parseAddress(String(router))!;
  const counted = rest['route_type_name'] === 'leaf-auto-discovery' ? toHex(Uint8Array.of(8 * address.length)) : '';
  return { ...rest, raw: toHex(key) + counted + toHex(address) };
}
