/**
 * Path attributes between the wire package's values and the API's messages, both ways. The table has one entry for each attribute. Its `kind` in
 * tsbgp.v1.PathAttribute is named as its `type`: only-to-customer is onlyToCustomer, and only_to_customer in the path of a field. An attribute
 * for which the messages have no kind goes as its octets.
 */
import { fromJson, type JsonValue, type MessageInitShape } from '@bufbuild/protobuf';
import { ListValueSchema } from '@bufbuild/protobuf/wkt';
import {
  type PathAttribute as AttributeMessage,
  Origin,
  type PathAttributeSchema,
  type AsPathSegment as SegmentMessage,
  AsPathSegment_Type as SegmentType,
} from '@tsbgp/api';
import {
  type Attribute,
  attributeCodec,
  attributeCodecByName,
  decodeAttributes,
  encodeAttributes,
  formatAttributeValue,
  type KnownAttribute,
  makeAttributeSet,
  openAttributeSet,
  type PathAttribute,
  parseAttribute,
  STORED_CONTEXT,
  type Tlv,
  toJson,
} from '@tsbgp/wire';
import { invalidArgument } from '../../control-error.ts';
import { octetsOf } from '../attribute-octets.ts';
import { extendedMessage, extendedValue, ipv6ExtendedMessage, ipv6ExtendedValue, orRefused } from './community-messages.ts';

type AttributeInit = MessageInitShape<typeof PathAttributeSchema>;
type KindMessage = Exclude<AttributeMessage['kind'], { case: undefined }>;
type KindInit = NonNullable<AttributeInit['kind']>;

type Type = KnownAttribute['type'];
type Camel<Text extends string> = Text extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Text;
type Value<T extends Type> = Extract<KnownAttribute, { type: T }>['value'];
type Message<T extends Type> = Extract<KindMessage, { case: Camel<T> }>['value'];
type Init<T extends Type> = Extract<KindInit, { case: Camel<T> }>['value'];

/** Where in a request an attribute is, and the flags that it has there. */
interface Place {
  /** Path of the attribute, e.g. `attributes[1]`. */
  readonly attribute: string;
  /** Path of its kind, e.g. `attributes[1].as_path`. */
  readonly kind: string;
  readonly flags: number;
}

interface Mapping<T extends Type> {
  toMessage(value: Value<T>, flags: number): Init<T>;
  /** Throws ControlError `invalid-argument` with the path of a field. */
  toValue(message: Message<T>, place: Place): Value<T>;
  /** Requests may not hold it, not even as octets: the daemon writes it for each peer. @default false */
  readonly ofTheDaemon?: true;
}

/** An attribute that has no kind in the API. */
interface Unmapped {
  readonly ofTheDaemon: true;
}

const ORIGINS = { igp: Origin.IGP, egp: Origin.EGP, incomplete: Origin.INCOMPLETE } as const;
const SEGMENTS = {
  sequence: SegmentType.SEQUENCE,
  set: SegmentType.SET,
  'confed-sequence': SegmentType.CONFED_SEQUENCE,
  'confed-set': SegmentType.CONFED_SET,
} as const;

/** A number or text that is the same in both. */
function same<T>(): { toMessage(value: T): T; toValue(message: T): T } {
  return { toMessage: (value) => value, toValue: (message) => message };
}

/** The fields of a message as a value of the wire package, where both have the same names: protobuf-es adds the name of the type. */
function plain<T>(message: T): T {
  if (Array.isArray(message)) return message.map(plain) as T;
  if (typeof message !== 'object' || ArrayBuffer.isView(message)) return message;
  const fields = Object.entries(message as object).filter(([name]) => name !== '$typeName');
  return Object.fromEntries(fields.map(([name, value]) => [name, plain(value)])) as T;
}

const asPath: Mapping<'as-path'> = {
  toMessage: (value) => ({ segments: value.map(({ type, asns }) => ({ type: SEGMENTS[type], asns })) }),
  toValue: ({ segments }, { kind }) => segments.map((segment, i) => segmentValue(segment, `${kind}.segments[${i}]`)),
};

function refuseAs4(_message: unknown, { attribute }: Place): never {
  throw invalidArgument(
    attribute,
    'AS numbers of four octets are in as_path and aggregator; the daemon writes AS4_PATH where a peer needs it',
  );
}

const MAPPINGS: { readonly [T in Type]: Camel<T> extends KindMessage['case'] ? Mapping<T> : Unmapped } = {
  origin: { toMessage: (value) => ORIGINS[value], toValue: (message, { kind }) => nameOf(ORIGINS, message, kind) },
  'as-path': asPath,
  'next-hop': {
    toMessage: (value) => value,
    toValue(_message, { kind }) {
      throw invalidArgument(kind, 'the next hop of a route is its own field');
    },
    ofTheDaemon: true,
  },
  'multi-exit-disc': same<number>(),
  'local-pref': same<number>(),
  'atomic-aggregate': { toMessage: () => ({}), toValue: () => true },
  aggregator: { toMessage: (value) => value, toValue: plain },
  communities: { toMessage: (values) => ({ values }), toValue: ({ values }) => values },
  'originator-id': same<string>(),
  'cluster-list': { toMessage: (ids) => ({ ids }), toValue: ({ ids }) => ids },
  'mp-reach-nlri': { ofTheDaemon: true },
  'mp-unreach-nlri': { ofTheDaemon: true },
  'extended-communities': {
    toMessage: (value) => ({ values: value.map(extendedMessage) }),
    toValue: ({ values }, { kind }) => values.map((community, i) => extendedValue(community, `${kind}.values[${i}]`)),
  },
  'as4-path': { toMessage: asPath.toMessage, toValue: refuseAs4, ofTheDaemon: true },
  'as4-aggregator': { toMessage: (value) => value, toValue: refuseAs4, ofTheDaemon: true },
  'pmsi-tunnel': {
    toMessage: (value) => ({ ...value, identifier: Uint8Array.from(value.identifier) }),
    toValue: plain,
  },
  'tunnel-encapsulation': tlvs('tunnel-encapsulation'),
  'ipv6-extended-communities': {
    toMessage: (value) => ({ values: value.map(ipv6ExtendedMessage) }),
    toValue: ({ values }, { kind }) => values.map((community, i) => ipv6ExtendedValue(community, `${kind}.values[${i}]`)),
  },
  aigp: tlvs('aigp'),
  'pe-distinguisher-labels': { toMessage: (values) => ({ values }), toValue: ({ values }) => plain(values) },
  'bgp-ls': tlvs('bgp-ls'),
  'large-communities': { toMessage: (values) => ({ values }), toValue: ({ values }) => plain(values) },
  'bgpsec-path': {
    toMessage: ({ securePath, signatureBlocks }) => ({
      securePath,
      signatureBlocks: signatureBlocks.map(({ algorithm, signatures }) => ({
        algorithm,
        signatures: signatures.map(({ subjectKeyIdentifier, signature }) => ({
          subjectKeyIdentifier: Uint8Array.from(subjectKeyIdentifier),
          signature: Uint8Array.from(signature),
        })),
      })),
    }),
    toValue: plain,
  },
  'only-to-customer': same<number>(),
  'd-path': {
    toMessage: (value) => ({ segments: value.map((domains) => ({ domains })) }),
    toValue: ({ segments }) => segments.map(({ domains }) => plain(domains)),
  },
  'prefix-sid': tlvs('prefix-sid'),
  'attribute-set': {
    toMessage: (set) => ({
      originAs: set.originAs,
      octets: Uint8Array.from(set.attributes),
      attributes: openAttributeSet(set).attributes.map(attributeMessage),
    }),
    toValue({ originAs, octets, attributes }, { kind }) {
      if (octets.length > 0) return { originAs, attributes: octets };
      const within = attributes.map((message, i) => attributeValue(message, `${kind}.attributes[${i}]`));
      return orRefused(`${kind}.attributes`, () => makeAttributeSet(originAs, within));
    },
  },
};

interface Entry {
  readonly type: Type;
  readonly code: number;
  /** Flags that the RFC demands. */
  readonly flags: number;
  /** Name of the kind in a message, and in the path of a field. */
  readonly kindName: KindMessage['case'];
  readonly fieldName: string;
  readonly mapping: Unmapped | Mapping<never>;
}

const ENTRIES: readonly Entry[] = Object.entries(MAPPINGS).map(([type, mapping]) => {
  const { code, flags } = attributeCodecByName(type)!;
  const kindName = type.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return { type, code, flags, kindName, fieldName: type.replaceAll('-', '_'), mapping } as Entry;
});
const BY_TYPE: ReadonlyMap<string, Entry> = new Map(ENTRIES.map((entry) => [entry.type, entry]));
const BY_KIND: ReadonlyMap<string, Entry> = new Map(ENTRIES.map((entry) => [entry.kindName, entry]));
const OF_THE_DAEMON: ReadonlySet<number> = new Set(ENTRIES.flatMap(({ code, mapping }) => (mapping.ofTheDaemon ? [code] : [])));

export function attributeMessage(attribute: PathAttribute): AttributeInit {
  const { flags } = attribute;
  if (attribute.type === 'unknown') return { flags, kind: octetsKind(attribute.code, Uint8Array.from(attribute.bytes)) };
  const { code, kindName, mapping } = BY_TYPE.get(attribute.type)!;
  if (!('toMessage' in mapping)) return { flags, kind: octetsKind(code, octetsOf(attribute)) };
  // The table's types say that the entry of a type takes the values of that type.
  return { flags, kind: { case: kindName, value: mapping.toMessage(attribute.value as never, flags) } as KindInit };
}

function octetsKind(code: number, value: Uint8Array<ArrayBuffer>): KindInit {
  return { case: 'unknown', value: { code, value } };
}

/** Throws ControlError `invalid-argument` with the path of the field, which begins with `place`. */
export function attributeValue({ kind, flags }: AttributeMessage, place: string): PathAttribute {
  if (flags > 0xff) throw invalidArgument(`${place}.flags`, `found ${flags}, allowed are 0 to 255`);
  if (kind.case === undefined) throw invalidArgument(place, 'one of the kinds must be set, e.g. local_pref');
  if (kind.case === 'unknown') return unknownValue(kind.value.code, flags, kind.value.value, place);
  const entry = BY_KIND.get(kind.case);
  if (entry === undefined || !('toValue' in entry.mapping)) throw invalidArgument(place, `"${kind.case}" cannot be given to a route`);
  const value = entry.mapping.toValue(kind.value as never, { attribute: place, kind: `${place}.${entry.fieldName}`, flags });
  return { type: entry.type, flags: flags || entry.flags, value } as PathAttribute;
}

function unknownValue(code: number, flags: number, bytes: Uint8Array, place: string): PathAttribute {
  if (code < 1 || code > 255) throw invalidArgument(`${place}.unknown.code`, `found ${code}, allowed are 1 to 255`);
  if (OF_THE_DAEMON.has(code)) throw invalidArgument(`${place}.unknown.code`, `found ${code}, which the daemon writes itself`);
  return { type: 'unknown', code, flags: flags || (attributeCodec(code)?.flags ?? 0xc0), bytes };
}

function segmentValue({ type, asns }: SegmentMessage, place: string) {
  return { type: nameOf(SEGMENTS, type, `${place}.type`), asns };
}

function nameOf<Name extends string>(names: Readonly<Record<Name, number>>, value: number, place: string): Name {
  for (const name of Object.keys(names) as Name[]) if (names[name] === value) return name;
  throw invalidArgument(place, `found ${value}, allowed are ${Object.keys(names).join(', ')}`);
}

type TlvType = 'tunnel-encapsulation' | 'aigp' | 'bgp-ls' | 'prefix-sid';

/** An attribute of TLVs: its octets, its text and its tree. In requests the octets count if they are there, else the text. */
function tlvs(type: TlvType): Pick<Mapping<'aigp'>, 'toMessage' | 'toValue'> {
  return {
    toMessage(value, flags) {
      const attribute = { type, flags, value };
      return {
        octets: octetsOf(attribute),
        text: formatAttributeValue(attribute),
        tlvs: fromJson(ListValueSchema, toJson(value) as JsonValue),
      };
    },
    toValue({ octets, text }, { kind, flags }) {
      if (octets.length === 0) return orRefused(`${kind}.text`, () => (parseAttribute(type, text) as Attribute<TlvType, Tlv[]>).value);
      const { code } = attributeCodecByName(type)!;
      const block = encodeAttributes([{ type: 'unknown', code, flags, bytes: octets }], STORED_CONTEXT);
      const [attribute] = decodeAttributes(block, 0, block.length, STORED_CONTEXT).attributes;
      if (attribute?.type !== type) throw invalidArgument(`${kind}.octets`, `found ${octets.length} octets that do not make whole TLVs`);
      return attribute.value;
    },
  };
}
