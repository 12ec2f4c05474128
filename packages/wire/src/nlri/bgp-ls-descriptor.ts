/**
 * Descriptors in BGP-LS NLRI: TLVs of type (2) and length (2). Source: IANA, BGP-LS NLRI and Attribute TLVs, 2026-11; RFC 9552 §5.2, RFC 9086,
 * RFC 9514 §6, RFC 9857 §4.
 *
 * Text: `name value` pairs with commas between them. The value of a node descriptor is such a list in brackets.
 */
import { ByteWriter, copyOf, fromHex, readU16, toHex } from '../bytes.ts';
import { ValueError } from '../fault.ts';
import { type Form, list, OCTETS, refuse, U16 } from '../parts/json-form.ts';
import type { SpanRecorder } from '../spans.ts';
import type { CandidatePath } from './bgp-ls-candidate-path.ts';
import {
  CANDIDATE,
  IGP_ROUTER_ID,
  IPV4,
  IPV6,
  type Kind,
  LINK_IDENTIFIERS,
  MULTI_TOPOLOGY,
  NUMBER,
  OCTET,
  type Place,
  REACHABILITY,
} from './bgp-ls-descriptor-kinds.ts';
import { jsonByName } from './json-members.ts';

/** A descriptor TLV (RFC 9552 §5.2.1): its name and value, or for an unknown one its type and octets. */
export type BgpLsDescriptor =
  | { name: 'local-node' | 'remote-node'; descriptors: BgpLsDescriptor[] }
  | { name: 'as' | 'bgp-ls-identifier' | 'ospf-area' | 'bgp-confederation-member'; value: number }
  /** IS-IS: `0000.0000.0042`, a pseudonode `0000.0000.0042-05`; OSPF: `192.0.2.1`, a pseudonode with its interface `192.0.2.1-198.51.100.1`. */
  | { name: 'igp-router-id'; value: string }
  | {
      name:
        | 'bgp-router-id'
        | 'ipv4-interface'
        | 'ipv4-neighbor'
        | 'ipv6-interface'
        | 'ipv6-neighbor'
        | 'srv6-sid'
        | 'ipv4-router-id-local'
        | 'ipv6-router-id-local';
      value: string;
    }
  | { name: 'link-identifiers'; local: number; remote: number }
  /** `reserved`: the value's octets with the identifiers cleared, so that only the four bits before each are left; absent when these are zero. */
  | { name: 'multi-topology'; ids: number[]; reserved?: Uint8Array }
  | { name: 'ospf-route-type'; value: number }
  /** `trailingBits`: the bits of the last octet after the prefix, which mean nothing; absent when they are zero. */
  | { name: 'ip-reachability'; prefix: string; trailingBits?: number }
  | ({ name: 'candidate-path' } & CandidatePath)
  | { name: 'unknown'; code: number; bytes: Uint8Array };

type Name = Exclude<BgpLsDescriptor['name'], 'unknown'>;

/** A row whose members are known only by its name. */
interface Row {
  readonly code: number;
  readonly kind: Kind<object>;
}

function row<T extends object>(code: number, kind: Kind<T>): Row {
  return { code, kind: kind as unknown as Kind<object> };
}

/** Nodes are not nested. */
const DEPTH_MAX = 1;

const NODE: Kind<{ descriptors: BgpLsDescriptor[] }> = {
  decode({ bytes, start, end, addressSize, depth, spans }) {
    const descriptors = depth < DEPTH_MAX ? decodeDescriptors(bytes, start, end, addressSize, spans, depth + 1) : undefined;
    return descriptors && { descriptors };
  },
  encode: (out, { descriptors }) => encodeDescriptors(out, descriptors),
  format: ({ descriptors }) => `[${formatDescriptors(descriptors)}]`,
  parse(text, name, depth) {
    if (!text.startsWith('[') || !text.endsWith(']')) throw new ValueError(`${name}: found "${text}", allowed descriptors in brackets`);
    if (depth === DEPTH_MAX) throw new ValueError(`${name}: found in a node, which holds no nodes`);
    return { descriptors: splitList(text.slice(1, -1)).map((item) => parseDescriptor(item, depth + 1)) };
  },
  json: {}, // see descriptorForm
};

const ROWS: Readonly<Record<Name, Row>> = {
  'local-node': row(256, NODE),
  'remote-node': row(257, NODE),
  as: row(512, NUMBER),
  'bgp-ls-identifier': row(513, NUMBER),
  'ospf-area': row(514, NUMBER),
  'bgp-confederation-member': row(517, NUMBER),
  'igp-router-id': row(515, IGP_ROUTER_ID),
  'bgp-router-id': row(516, IPV4),
  'ipv4-interface': row(259, IPV4),
  'ipv4-neighbor': row(260, IPV4),
  'ipv6-interface': row(261, IPV6),
  'ipv6-neighbor': row(262, IPV6),
  'srv6-sid': row(518, IPV6),
  'link-identifiers': row(258, LINK_IDENTIFIERS),
  'multi-topology': row(263, MULTI_TOPOLOGY),
  'ospf-route-type': row(264, OCTET),
  'ip-reachability': row(265, REACHABILITY),
  'ipv4-router-id-local': row(1028, IPV4),
  'ipv6-router-id-local': row(1029, IPV6),
  'candidate-path': row(554, CANDIDATE),
};

/** In ascending order of the codes. */
const NAMES: ReadonlyMap<number, Name> = new Map(
  (Object.keys(ROWS) as Name[]).map((name) => [ROWS[name].code, name] as const).sort(([a], [b]) => a - b),
);

/** The TLVs in `bytes[start, end)`; undefined when their lengths do not add up. A TLV whose value cannot be decoded is kept as octets. */
export function decodeDescriptors(
  bytes: Uint8Array,
  start: number,
  end: number,
  addressSize: number,
  spans?: SpanRecorder,
  depth = 0,
): BgpLsDescriptor[] | undefined {
  const descriptors: BgpLsDescriptor[] = [];
  let before: Uint8Array | undefined;
  for (let at = start; at < end; ) {
    if (end - at < 4) return undefined;
    const next = at + 4 + readU16(bytes, at + 2);
    if (next > end) return undefined;
    const code = readU16(bytes, at);
    const tlv = bytes.subarray(at, next);
    // A node has each descriptor at most once.
    if (before !== undefined && (compareOctets(before, tlv) > 0 || (depth > 0 && readU16(before, 0) === code))) return undefined;
    before = tlv;
    spans?.open('descriptor', at);
    spans?.numbers(at, ['type', 2], ['length', 2]);
    const found = decodeDescriptor(code, { bytes, start: at + 4, end: next, addressSize, depth, spans });
    if (found === undefined) return undefined;
    spans?.close(next, found, found.name === 'unknown' ? `tlv-${code}` : found.name);
    descriptors.push(found);
    at = next;
  }
  return descriptors;
}

/** Undefined when the whole NLRI is malformed. */
function decodeDescriptor(code: number, place: Place): BgpLsDescriptor | undefined {
  const { bytes, start, end, depth, spans } = place;
  const mark = spans?.mark();
  const name = NAMES.get(code);
  const value = name && ROWS[name].kind.decode(place);
  if (value !== undefined) {
    if ('value' in value) spans?.leaf('value', start, end, value.value);
    return { name, ...value } as BgpLsDescriptor;
  }
  // A malformed node makes the NLRI malformed. All other values that cannot be decoded are kept as octets.
  if (name !== undefined && isNode(ROWS[name].kind) && depth < DEPTH_MAX) return undefined;
  if (mark !== undefined) spans?.forget(mark);
  return { name: 'unknown', code, bytes: copyOf(bytes, start, end) };
}

/** RFC 9552 §5.1: TLVs are ordered by type, length and value. This is the order of their octets, because type and length come first. */
function compareOctets(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** Appends the descriptors in the order of RFC 9552 §5.1, whatever order they have. Throws ValueError. */
export function encodeDescriptors(out: ByteWriter, descriptors: readonly BgpLsDescriptor[]): void {
  const tlvs = descriptors.map((descriptor) => {
    const { name } = descriptor;
    const tlv = new ByteWriter(36);
    tlv.u16(name === 'unknown' ? descriptor.code : ROWS[name].code);
    tlv.counted16(() => {
      if (name === 'unknown') tlv.raw(descriptor.bytes);
      else ROWS[name].kind.encode(tlv, descriptor, name);
    }, `descriptor ${name}`);
    return tlv.take();
  });
  for (const tlv of tlvs.sort(compareOctets)) out.raw(tlv);
}

export function formatDescriptors(descriptors: readonly BgpLsDescriptor[]): string {
  return descriptors
    .map((descriptor) =>
      descriptor.name === 'unknown'
        ? `tlv-${descriptor.code} 0x${toHex(descriptor.bytes)}`
        : `${descriptor.name} ${ROWS[descriptor.name].kind.format(descriptor)}`,
    )
    .join(', ');
}

/** Throws ValueError. */
export function parseDescriptors(text: string): BgpLsDescriptor[] {
  return splitList(text).map((item) => parseDescriptor(item, 0));
}

/** Splits at the commas outside brackets. */
function splitList(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[') depth++;
    else if (text[i] === ']') depth--;
    else if (text[i] === ',' && depth === 0) {
      items.push(text.slice(from, i));
      from = i + 1;
    }
  }
  items.push(text.slice(from));
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

function parseDescriptor(text: string, depth: number): BgpLsDescriptor {
  const [word = '', ...rest] = text.split(' ');
  const value = rest.join(' ').trim();
  const foreign = /^tlv-(\d{1,5})$/.exec(word);
  if (foreign !== null && /^0x([0-9a-f]{2})*$/i.test(value)) {
    const code = Number(foreign[1]);
    if (code > 0xffff) throw new ValueError(`code: found "${foreign[1]}", allowed 0 to 65535`);
    return { name: 'unknown', code, bytes: fromHex(value.slice(2)) };
  }
  if (!Object.hasOwn(ROWS, word)) throw new ValueError(`found descriptor "${word}", allowed ${[...NAMES.values()].join(', ')} or tlv-CODE`);
  return { name: word, ...ROWS[word as Name].kind.parse(value, word, depth) } as BgpLsDescriptor;
}

/** The JSON form of a list of descriptors. */
export const DESCRIPTORS: Form<unknown> = list(descriptorForm(0));

function descriptorForm(depth: number): Form<unknown> {
  const noNodes = list((json, path) => refuse(path, json, 'nothing: a node holds no nodes'));
  const nodes = { descriptors: depth === DEPTH_MAX ? noNodes : list(descriptorForm(depth + 1)) };
  const members = Object.entries(ROWS).map(([name, { kind }]) => [name, isNode(kind) ? nodes : kind.json]);
  return jsonByName({ ...Object.fromEntries(members), unknown: { code: U16, bytes: OCTETS } }, false);
}

function isNode(kind: Kind<object>): boolean {
  return kind === (NODE as Kind<object>);
}
