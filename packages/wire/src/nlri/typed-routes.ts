/**
 * Families whose NLRI begin with a route type and a length (RFC 7606 §5.4). A family has a table of route types, each with its fields. Routes of
 * other types are kept as octets.
 *
 * Text: the route's name and its fields, `inclusive-multicast rd 65000:1 ethernet-tag 0 originating-router 192.0.2.1`;
 * `unknown 77 0a0b` for others.
 */
import { type ByteWriter, copyOf, fromHex, toHex } from '../bytes.ts';
import type { Family } from '../family.ts';
import { ValueError } from '../fault.ts';
import { type RecordCodec, record, type Shape } from '../parts/fields.ts';
import { member, OCTETS, oneOf, refuse, TEXT, unsigned } from '../parts/json-form.ts';
import type { SpanRecorder } from '../spans.ts';
import type { FamilyCodec, FamilyNlri } from './family-codec.ts';
import { type JsonMembers, jsonOfShape } from './json-members.ts';

/** A route of an unknown type: the octets after its type and length. */
export interface UnknownRoute {
  route: 'unknown';
  routeType: number;
  bytes: Uint8Array;
}

interface Row {
  readonly routeType: number;
  readonly route: string;
  readonly fields: RecordCodec<object>;
}

/** The table row of one route type: its code, its `route` key, its fields in the order of the octets. */
export function routeRow<T extends { route: string }>(routeType: number, route: T['route'], shape: Shape<Omit<T, 'route'>>): Row {
  return { routeType, route, fields: record(shape) as RecordCodec<object> };
}

export interface RouteTable<T extends { route: string }> {
  /** The fields of each route, by its name. */
  readonly shapes: ReadonlyMap<string, Shape<object>>;
  /** Undefined when the octets are not what the type says. */
  decode(
    routeType: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    family: Family,
    spans?: SpanRecorder,
  ): T | UnknownRoute | undefined;
  /** Writes the length and the fields. `head` gets the route type and writes what precedes the length. */
  encode(out: ByteWriter, value: T | UnknownRoute, head: (routeType: number) => void): void;
  format(value: T | UnknownRoute): string;
  parse(text: string, family: Family): T | UnknownRoute;
  /** See `FamilyCodec.jsonMembers`. */
  jsonMembers(family: Family, json: Readonly<Record<string, unknown>>, path: string): JsonMembers;
}

/** A family's table. Route types go up to `routeTypeMax`. */
export function routeTable<T extends { route: string }>(rows: readonly Row[], routeTypeMax: number): RouteTable<T> {
  const byType = new Map(rows.map((row) => [row.routeType, row]));
  const byName = new Map(rows.map((row) => [row.route, row]));
  const rowOf = (route: string): Row => {
    const row = byName.get(route);
    if (row === undefined) throw new ValueError(`found route "${route}", allowed ${[...byName.keys(), 'unknown'].join(', ')}`);
    return row;
  };
  return {
    shapes: new Map(rows.map((row) => [row.route, row.fields.shape])),
    decode(routeType, bytes, start, end, family, spans) {
      const row = byType.get(routeType);
      if (row === undefined) return { route: 'unknown', routeType, bytes: copyOf(bytes, start, end) };
      const fields = row.fields.decode(bytes, start, end, family, spans);
      return fields && ({ route: row.route, ...fields } as T);
    },
    encode(out, value, head) {
      const row = isUnknown(value) ? undefined : rowOf(value.route);
      head(row?.routeType ?? (value as UnknownRoute).routeType);
      out.counted8(() => {
        if (row === undefined) out.raw((value as UnknownRoute).bytes);
        else row.fields.encode(out, value);
      }, `route ${value.route}`);
    },
    format(value) {
      if (isUnknown(value)) return `unknown ${value.routeType}${value.bytes.length > 0 ? ` ${toHex(value.bytes)}` : ''}`;
      return `${value.route} ${rowOf(value.route).fields.format(value)}`;
    },
    parse(text, family) {
      const [route = '', ...words] = text.trim().split(/\s+/);
      if (route === 'unknown') return parseUnknown(words, routeTypeMax);
      return { route, ...rowOf(route).fields.parse(words, family) } as T;
    },
    jsonMembers(family, json, path) {
      const { route } = json;
      if (route === 'unknown') return { route: oneOf('unknown'), routeType: unsigned(0xffff), bytes: OCTETS };
      const row = typeof route === 'string' ? byName.get(route) : undefined;
      if (row === undefined) refuse(member(path, 'route'), route, [...byName.keys(), 'unknown'].join(', '));
      return { route: TEXT, ...jsonOfShape(row.fields.shape, family) };
    },
  };
}

/** What follows from the table of a family whose route types have one octet. */
export function typedFamily<const Type extends string, T extends { route: string }>(
  type: Type,
  routes: RouteTable<T>,
): Omit<FamilyCodec<FamilyNlri<Type> & (T | UnknownRoute)>, 'type' | 'families' | 'key'> {
  return {
    malformed: 'discard',
    next: (bytes, at, end) => nextTyped(bytes, at, end, 2),
    decode(bytes, start, end, family, spans) {
      spans?.numbers(start, ['route-type', 1], ['length', 1]);
      const route = routes.decode(bytes[start]!, bytes, start + 2, end, family, spans);
      return route && { type, family, ...route };
    },
    encode: (out, nlri) => routes.encode(out, nlri, (routeType) => out.u8(routeType)),
    format: routes.format,
    jsonMembers: routes.jsonMembers,
    parse: (text, family) => ({ type, family, ...routes.parse(text, family) }),
  };
}

function isUnknown(value: { route: string }): value is UnknownRoute {
  return value.route === 'unknown';
}

function parseUnknown([type = '', hex = '']: readonly string[], routeTypeMax: number): UnknownRoute {
  const routeType = Number(type);
  if (!/^\d+$/.test(type) || routeType > routeTypeMax || !/^([0-9a-fA-F]{2})*$/.test(hex)) {
    throw new ValueError(`found "unknown ${type} ${hex}", allowed a route type of 0 to ${routeTypeMax} and octets, e.g. "unknown 77 0a0b"`);
  }
  return { route: 'unknown', routeType, bytes: fromHex(hex) };
}

/** End of an NLRI whose first `headLength` octets end in the length of the rest; -1 when it does not end before `end`. */
export function nextTyped(bytes: Uint8Array, at: number, end: number, headLength: number): number {
  if (end - at < headLength) return -1;
  const next = at + headLength + bytes[at + headLength - 1]!;
  return next <= end ? next : -1;
}
