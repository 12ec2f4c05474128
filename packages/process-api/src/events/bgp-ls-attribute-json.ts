/** The BGP-LS attribute (RFC 9552 §5.3) in ExaBGP's JSON and text; TLVs that it does not know are `generic-lsid-N`. */
import { formatAddress, formatIpv6, readU16, readU24, readU32 } from '@tsbgp/wire';
import type { ApiVersion } from './api-version.ts';
import { hexText, type TlvSpan, tlvs } from './attribute-octets.ts';

const two = (): 2 => 2;

/** One TLV: its member, and its words in the text. `list`: further ones of the name are joined with it. */
interface Shown {
  readonly name: string;
  readonly value: string;
  readonly text: string;
  readonly list?: true;
}

export function bgpLsAttributeJson(bytes: Uint8Array, version: ApiVersion): string {
  const members: [string, string][] = [];
  const lists = new Map<string, string[]>();
  for (const { name, value, list } of shownTlvs(bytes, version)) {
    if (list !== true) {
      members.push([name, value]);
      continue;
    }
    const items = lists.get(name);
    if (items !== undefined) items.push(value);
    else {
      lists.set(name, [value]);
      members.push([name, '']);
    }
  }
  // Version 6 collects lists first.
  if (version === 6) members.sort(([a], [b]) => Number(lists.has(b)) - Number(lists.has(a)));
  const wide = (name: string): boolean => version !== 6 && name === 'srv6-endx';
  const texts = members.map(([name, value]) => {
    const items = lists.get(name);
    return `"${name}": ${items === undefined ? value : wide(name) ? `[ ${items.join(', ')} ]` : `[${items.join(', ')}]`}`;
  });
  return `{ ${texts.join(', ')} }`;
}

export function bgpLsAttributeText(bytes: Uint8Array, version: ApiVersion): string {
  const texts: string[] = [];
  const local: string[] = [];
  for (const { name, text } of shownTlvs(bytes, version)) {
    // Version 5 shows all local router identifiers at the place of the first.
    if (name === 'local-te-router-ids') {
      if (local.length === 0) texts.push('');
      local.push(text);
    } else texts.push(text);
  }
  const place = texts.indexOf('');
  if (place >= 0) texts[place] = `Local TE Router IDs: [${local.map((id) => `'${id}'`).join(', ')}]`;
  return texts.join(', ');
}

function* shownTlvs(bytes: Uint8Array, version: ApiVersion): Generator<Shown> {
  for (const tlv of tlvs(bytes, 2, two)) yield* show(tlv, version);
}

const NODE_FLAGS = ['O', 'T', 'E', 'B', 'R', 'V', 'RSV', 'RSV'];
const IGP_FLAGS = ['D', 'N', 'L', 'P', 'RSV', 'RSV', 'RSV', 'RSV'];
const SR_CAPABILITY_FLAGS = ['I', 'V', 'RSV', 'RSV', 'RSV', 'RSV', 'RSV', 'RSV'];
const END_X_FLAGS = ['B', 'S', 'P', 'RSV', 'RSV', 'RSV', 'RSV', 'RSV'];

function flagsJson(names: readonly string[], octet: number): string {
  const flags = new Map(names.map((name, i) => [name, (octet >>> (7 - i)) & 1]));
  return `{${[...flags].map(([name, bit]) => `"${name}": ${bit}`).join(', ')}}`;
}

/** As Python prints a dictionary. */
function pythonText(json: string): string {
  return json.replaceAll('"', "'").replaceAll('false', 'False').replaceAll('true', 'True');
}

function* show(tlv: TlvSpan, version: ApiVersion): Generator<Shown> {
  const shown = SHOW[tlv.code]?.(tlv.value, version);
  if (shown !== undefined) {
    yield* shown;
    return;
  }
  const text = `Attribute with code [ ${tlv.code} ] not implemented`;
  if (version === 4) yield { name: 'attribute-not-implemented', value: `"${tlv.code}"`, text };
  else yield { name: `generic-lsid-${tlv.code}`, value: `"${hexText(tlv.value)}"`, list: true, text };
}

type Show = (value: Uint8Array, version: ApiVersion) => readonly Shown[] | undefined;

function flags(name: string, label: string, names: readonly string[]): Show {
  return ([octet = 0]) => {
    const value = flagsJson(names, octet);
    return [{ name, value, text: `${label}: ${pythonText(value)}` }];
  };
}

function words(name: string, label: string): Show {
  return (bytes) => {
    const text = new TextDecoder().decode(bytes);
    return [{ name, value: JSON.stringify(text), text: `${label}: ${text}` }];
  };
}

function unsigned(name: string, label: string): Show {
  return (bytes) => {
    const value = numberOf(bytes);
    return [{ name, value, text: `${label}: ${value}` }];
  };
}

function floating(name: string, label: string): Show {
  return (bytes) => {
    if (bytes.length !== 4) return undefined;
    const value = pythonFloat(new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0));
    return [{ name, value, text: `${label}: ${value}` }];
  };
}

function pythonFloat(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : String(value);
}

function numberOf(bytes: Uint8Array): string {
  return bytes.length === 0 ? '0' : BigInt(hexText(bytes)).toString();
}

const localRouterId: Show = (bytes, version) => {
  const id = formatAddress(bytes);
  if (version === 6) return [{ name: 'local-router-ids', value: `"${id}"`, list: true, text: `Local Router IDs: ${id}` }];
  return [{ name: 'local-te-router-ids', value: `"${id}"`, list: true, text: id }];
};

const remoteRouterId: Show = (bytes, version) => {
  const id = formatAddress(bytes);
  if (version === 6) return [{ name: 'remote-router-ids', value: `"${id}"`, list: true, text: `Remote Router ID: ${id}` }];
  return [{ name: 'remote-te-router-id', value: `"${id}"`, text: `Remote TE Router ID: ${id}` }];
};

const SHOW: Readonly<Record<number, Show>> = {
  258: (bytes, version) => {
    if (version !== 6 || bytes.length !== 8) return undefined;
    const value = `{"local-id": ${readU32(bytes, 0)}, "remote-id": ${readU32(bytes, 4)}}`;
    return [{ name: 'link-local-remote-identifiers', value, text: `Link Local/Remote Identifiers: ${pythonText(value)}` }];
  },
  1024: flags('node-flags', 'Node Flags', NODE_FLAGS),
  1026: words('node-name', 'Node Name'),
  1027: (bytes, version) => {
    const area = version === 4 ? hexText(bytes).slice(2).toLowerCase() : numberOf(bytes);
    const text = `ISIS area id${version === 6 ? 's' : ''}: ${area}`;
    return version === 6 ? [{ name: 'area-ids', value: `"${area}"`, list: true, text }] : [{ name: 'area-id', value: `"${area}"`, text }];
  },
  1028: localRouterId,
  1029: localRouterId,
  1030: remoteRouterId,
  1031: remoteRouterId,
  1034: srCapabilities,
  1035: (bytes) => {
    const value = `[${[...bytes].join(', ')}]`;
    return [{ name: 'sr-algorithms', value, text: `SrAlgorithms: ${value}` }];
  },
  1088: unsigned('admin-group-mask', 'Administrative group'),
  1089: floating('maximum-link-bandwidth', 'Maximum link bandwidth'),
  1090: floating('maximum-reservable-link-bandwidth', 'Maximum reservable link bandwidth'),
  1092: unsigned('te-metric', 'TE Default Metric'),
  1095: (bytes) => {
    // One octet holds six bits (RFC 9552 §5.3.2.4).
    const value = bytes.length === 1 ? String(bytes[0]! & 0x3f) : numberOf(bytes);
    return [{ name: 'igp-metric', value, text: `IGP Metric: ${value}` }];
  },
  1098: words('link-name', 'Link Name'),
  1106: srv6EndX,
  1114: (bytes, version) => {
    if (version !== 6 || bytes.length !== 4) return undefined;
    const value = `{"delay-us": ${readU24(bytes, 1)}, "anomalous": ${bytes[0]! >= 0x80}}`;
    return [{ name: 'unidirectional-link-delay', value, text: `Unidirectional Link Delay: ${pythonText(value)}` }];
  },
  1115: (bytes, version) => {
    if (version !== 6 || bytes.length !== 8) return undefined;
    const value = `{"min-delay-us": ${readU24(bytes, 1)}, "max-delay-us": ${readU24(bytes, 5)}, "anomalous": ${bytes[0]! >= 0x80}}`;
    return [{ name: 'minmax-unidirectional-link-delay', value, text: `Min/Max Unidirectional Link Delay: ${pythonText(value)}` }];
  },
  1116: (bytes, version) =>
    version === 6 && bytes.length === 4
      ? [
          {
            name: 'unidirectional-delay-variation',
            value: String(readU24(bytes, 1)),
            text: `Unidirectional Delay Variation: ${readU24(bytes, 1)}`,
          },
        ]
      : undefined,
  1152: flags('igp-flags', 'IGP flags', IGP_FLAGS),
  1155: unsigned('prefix-metric', 'prefix_metric'),
};

/** RFC 9085 §2.1.2: flags, and ranges of labels of a size, each with its first label in TLV 1161. */
function srCapabilities(bytes: Uint8Array): readonly Shown[] {
  const value = flagsJson(SR_CAPABILITY_FLAGS, bytes[0] ?? 0);
  const ranges: string[] = [];
  for (let at = 2; at + 7 <= bytes.length; ) {
    const length = readU16(bytes, at + 5);
    const first = length === 3 ? readU24(bytes, at + 7) : readU32(bytes, at + 7);
    ranges.push(`[${readU24(bytes, at)}, ${first}]`);
    at += 7 + length;
  }
  const sids = `[${ranges.join(', ')}]`;
  return [
    { name: 'sr-capability-flags', value, text: `SR Capability Flags: ${pythonText(value)}` },
    { name: 'sids', value: sids, text: `sids: ${sids}` },
  ];
}

/** RFC 9514 §4.1. */
function srv6EndX(bytes: Uint8Array): readonly Shown[] | undefined {
  if (bytes.length < 22) return undefined;
  const head = flagsJson(END_X_FLAGS, bytes[2]!);
  const sid = formatIpv6(bytes, 6);
  const [structure] = [...tlvs(bytes.subarray(22), 2, two)].filter((tlv) => tlv.code === 1252 && tlv.value.length === 4);
  const [block, node, func, argument] = structure?.value ?? [];
  const lengths = structure && `"loc_block_len": ${block}, "loc_node_len": ${node}, "func_len": ${func}, "arg_len": ${argument}`;
  const behavior = readU16(bytes, 0);
  const fields = `"behavior": ${behavior}, "algorithm": ${bytes[3]}, "weight": ${bytes[4]}, "sid": "${sid}"`;
  const value = `{"flags": ${head}, ${fields}${lengths === undefined ? '' : `, "srv6-sid-structure": {${lengths}}`}}`;
  const text = `behavior: ${behavior}, flags: ${pythonText(head)}, algorithm: ${bytes[3]}, weight: ${bytes[4]}, sid: ${sid}`;
  return [{ name: 'srv6-endx', value, list: true, text }];
}
