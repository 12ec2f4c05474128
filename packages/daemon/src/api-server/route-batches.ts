/**
 * Batches of routes as they come in, made into values one at a time. Connect decodes a whole request before it calls a handler; with
 * 250,000 routes that would stop everything else for seconds. So requests in the binary format are decoded as a list of octets only, which
 * has the same form on the wire:
 *
 *     message AddRoutesRequest { repeated LocalRoute routes = 1; }      message RawBatch { repeated bytes routes = 1; }
 *
 * and each route when it is asked for. Its attributes are decoded once for all routes of the batch that have the same octets there.
 * Requests in JSON are decoded by Connect as ever.
 */
import { create, createFileRegistry, fromBinary, type Message } from '@bufbuild/protobuf';
import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { LocalRouteSchema, type LocalRoute as RouteMessage } from '@tsbgp/api';
import { IPV4_UNICAST, IPV6_UNICAST, type PathAttribute } from '@tsbgp/wire';
import type { Batch, LocalRoute, LocalRouteKey } from '../control-plane.ts';
import { familyOf } from './neighbor-service.ts';
import { refused } from './refused.ts';
import { attributeValue } from './route-messages.ts';

/** What every request of the injection service is on the wire. */
export type RawBatch = Message<'tsbgp.raw.RawBatch'> & { readonly routes: readonly Uint8Array[] };

const RAW_FILE = create(FileDescriptorProtoSchema, {
  name: 'tsbgp/raw.proto',
  package: 'tsbgp.raw',
  syntax: 'proto3',
  messageType: [
    {
      name: 'RawBatch',
      field: [
        {
          name: 'routes',
          number: 1,
          type: FieldDescriptorProto_Type.BYTES,
          label: FieldDescriptorProto_Label.REPEATED,
          jsonName: 'routes',
        },
      ],
    },
  ],
});

export const RawBatchSchema: GenMessage<RawBatch> = createFileRegistry(RAW_FILE, () => undefined).getMessage(
  'tsbgp.raw.RawBatch',
) as GenMessage<RawBatch>;

/** Messages of `LocalRoute` as routes. `at` throws ControlError. */
export function routeBatch(messages: readonly RouteMessage[]): Batch<LocalRoute> {
  return { length: messages.length, at: (index) => routeOf(messages[index]!, index) };
}

/** Messages of `LocalRouteKey`. */
export function keyBatch(messages: readonly Key[]): Batch<LocalRouteKey> {
  return { length: messages.length, at: (index) => keyOf(messages[index]!, index) };
}

/** Octets of `LocalRoute` messages as routes. `at` throws ControlError. */
export function rawRouteBatch({ routes }: RawBatch): Batch<LocalRoute> {
  const reader = new RouteReader();
  return {
    length: routes.length,
    at(index) {
      reader.read(routes[index]!, index);
      const attributes = reader.attributes(routes[index]!, index);
      return { ...keyOf(reader, index), nextHop: given(reader.nextHop, index), attributes };
    },
  };
}

/** Octets of `LocalRouteKey` messages. */
export function rawKeyBatch({ routes }: RawBatch): Batch<LocalRouteKey> {
  const reader = new RouteReader({ path: 3, nextHop: -1, attributes: -1 });
  return {
    length: routes.length,
    at(index) {
      reader.read(routes[index]!, index);
      return keyOf(reader, index);
    },
  };
}

interface Key {
  readonly family: string;
  readonly prefix: string;
  readonly pathIdentifier: number;
}

/** Numbers of the fields that are not the same in LocalRoute and LocalRouteKey. */
interface Fields {
  readonly path: number;
  readonly nextHop: number;
  readonly attributes: number;
}

/** Attribute sets of a batch that are found again without decoding them. */
const KNOWN_SETS_MAX = 4096;

const ROUTE_FIELDS: Fields = { nextHop: 3, attributes: 4, path: 5 };
const FAMILY = 1;
const PREFIX = 2;
const LENGTH_DELIMITED = 2;
const VARINT = 0;

/** The fields of one message after the other. */
class RouteReader {
  family = '';
  prefix = '';
  nextHop = '';
  pathIdentifier = 0;
  readonly #fields: Fields;
  /** Where the attributes are: one after the other, without anything between them. */
  #attributesStart = 0;
  #attributesEnd = 0;
  #position = 0;
  /** Octets of attributes, as text -> their values. */
  readonly #known: Map<string, readonly PathAttribute[]> = new Map();

  constructor(fields: Fields = ROUTE_FIELDS) {
    this.#fields = fields;
  }

  /** Throws ControlError. */
  read(octets: Uint8Array, index: number): void {
    const fields = this.#fields;
    this.family = '';
    this.prefix = '';
    this.nextHop = '';
    this.pathIdentifier = 0;
    this.#attributesStart = 0;
    this.#attributesEnd = 0;
    this.#position = 0;
    while (this.#position < octets.length) {
      const start = this.#position;
      const tag = this.#varint(octets, index);
      const number = tag >>> 3;
      const type = tag & 7;
      if (type === VARINT) {
        const value = this.#varint(octets, index);
        if (number === fields.path) this.pathIdentifier = value;
      } else if (type === LENGTH_DELIMITED) {
        const length = this.#varint(octets, index);
        const from = this.#position;
        const to = from + length;
        if (to > octets.length) throw malformed(index);
        this.#position = to;
        if (number === FAMILY) this.family = textOf(octets, from, to);
        else if (number === PREFIX) this.prefix = textOf(octets, from, to);
        else if (number === fields.nextHop) this.nextHop = textOf(octets, from, to);
        else if (number === fields.attributes) {
          if (this.#attributesEnd === 0) this.#attributesStart = start;
          // Something between two attributes: decoded with them, and left out there as it is here.
          this.#attributesEnd = to;
        }
      } else if (type === 1 || type === 5) {
        this.#position += type === 1 ? 8 : 4;
      } else {
        throw malformed(index);
      }
    }
    if (this.#position !== octets.length) throw malformed(index);
  }

  /** Attributes of the route that was read. Routes with the same octets get the same array. */
  attributes(octets: Uint8Array, index: number): readonly PathAttribute[] {
    const part = octets.subarray(this.#attributesStart, this.#attributesEnd);
    const text = Buffer.from(part.buffer, part.byteOffset, part.length).toString('latin1');
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    let message: RouteMessage;
    try {
      message = fromBinary(LocalRouteSchema, part);
    } catch {
      throw malformed(index);
    }
    const values = attributesOf(message, index);
    if (this.#known.size >= KNOWN_SETS_MAX) this.#known.clear();
    this.#known.set(text, values);
    return values;
  }

  /** The lower 32 bits, as protobuf reads a uint32. */
  #varint(octets: Uint8Array, index: number): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const octet = octets[this.#position++];
      if (octet === undefined) throw malformed(index);
      if (shift < 32) value |= (octet & 0x7f) << shift;
      if (octet < 0x80) return value >>> 0;
    }
    throw malformed(index);
  }
}

function textOf(octets: Uint8Array, from: number, to: number): string {
  return Buffer.from(octets.buffer, octets.byteOffset + from, to - from).toString('utf8');
}

function malformed(index: number) {
  return refused(`routes[${index}]`, 'is not a message of the protocol');
}

function routeOf(message: RouteMessage, index: number): LocalRoute {
  return { ...keyOf(message, index), nextHop: given(message.nextHop, index), attributes: attributesOf(message, index) };
}

function given(nextHop: string, index: number): string {
  if (nextHop === '') throw refused(`routes[${index}].next_hop`, 'is missing; allowed is an address, e.g. "192.0.2.1"');
  return nextHop;
}

function attributesOf({ attributes }: RouteMessage, index: number): PathAttribute[] {
  return attributes.map((attribute, i) => attributeValue(attribute, `routes[${index}].attributes[${i}]`));
}

function keyOf({ family, prefix, pathIdentifier }: Key, index: number): LocalRouteKey {
  const unicast = prefix.includes(':') ? IPV6_UNICAST : IPV4_UNICAST;
  return { family: family === '' ? unicast : familyOf(family, `routes[${index}].family`), prefix, pathIdentifier };
}
