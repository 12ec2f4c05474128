/**
 * Routes as lines of JSON, in the forms of docs/wire.md. The attributes of a set are written once and remembered by their octets.
 *
 *     {"time":1700000000.5,"type":"announce","peer":"192.0.2.1","peerAs":65001,"family":"ipv4-unicast","nlri":"198.51.100.0/24","attributes":[…]}
 */
import { decodeAttributes, type Family, familyCodec, formatFamily, type PathAttribute, toJson } from '@tsbgp/wire';
import { decodeRibAttributes, mrtContext } from '../attributes.ts';
import { MrtType } from '../codes.ts';
import type { MrtRecord } from '../record.ts';
import { OctetCache } from './octet-cache.ts';
import { RouteKind, type RoutePeer, type RouteSink, type RouteView } from './route-view.ts';

const TYPES = ['announce', 'withdraw', 'table'] as const;
const toUtf8 = new TextEncoder();
const MICROS = 1e6;

/** Collects lines; `take` gives them as octets. */
export class RouteJsonFormatter implements RouteSink {
  #lines: string[] = [];
  /** Characters in the lines that were not taken. */
  length = 0;
  readonly #sets = new OctetCache();
  readonly #texts: string[] = [];
  #messageRecord: MrtRecord | undefined;
  #messageFamily: Family | undefined;
  #messageText = '';

  /** The lines since the last call. */
  take(): Uint8Array {
    const text = this.#lines.join('');
    this.#lines = [];
    this.length = 0;
    return toUtf8.encode(text);
  }

  /** Writes the line of a route; none for one whose NLRI cannot be read. */
  route(view: RouteView): void {
    const { record, kind, peer, family, pathIdentifier } = view;
    const codec = familyCodec(family);
    const nlri = codec?.decode(view.nlriBytes, view.nlriStart, trimmedEnd(view), family);
    if (codec === undefined || nlri === undefined) return;
    let line = `${start(record, TYPES[kind], peer)},"family":"${formatFamily(family)}","nlri":${JSON.stringify(codec.format(nlri))}`;
    if (pathIdentifier !== -1) line += `,"pathIdentifier":${pathIdentifier}`;
    if (kind === RouteKind.InTable) line += `,"originated":${view.originatedTime},${this.#tableAttributes(view)}`;
    else if (kind === RouteKind.Announced) line += `,${this.#messageAttributes(view)}`;
    this.#add(`${line}}\n`);
  }

  /** Writes the line of a change of state. */
  stateChange(record: MrtRecord, peer: RoutePeer, oldState: number, newState: number): void {
    this.#add(`${start(record, 'state', peer)},"oldState":${oldState},"newState":${newState}}\n`);
  }

  #add(line: string): void {
    this.#lines.push(line);
    this.length += line.length;
  }

  #tableAttributes(view: RouteView): string {
    const { record, attributesStart, attributesEnd, fourOctetAs } = view;
    const found = this.#sets.intern(record.bytes, attributesStart, attributesEnd, fourOctetAs ? 1 : 0);
    if (found >= 0) return this.#texts[found]!;
    const octets = record.bytes.subarray(attributesStart, attributesEnd);
    const isRib = record.type === MrtType.TableDumpV2;
    const { attributes } = isRib
      ? decodeRibAttributes(octets, view.family)
      : decodeAttributes(octets, 0, octets.length, mrtContext({ fourOctetAs }));
    const text = attributesText(attributes, view.family);
    this.#texts[-1 - found] = text;
    return text;
  }

  #messageAttributes(view: RouteView): string {
    const { record, family } = view;
    if (record !== this.#messageRecord || family !== this.#messageFamily) {
      this.#messageRecord = record;
      this.#messageFamily = family;
      const context = mrtContext({ fourOctetAs: view.fourOctetAs, addPath: view.pathIdentifier !== -1 });
      this.#messageText = attributesText(
        decodeAttributes(record.bytes, view.attributesStart, view.attributesEnd, context).attributes,
        family,
      );
    }
    return this.#messageText;
  }
}

function start(record: MrtRecord, type: string, peer: RoutePeer): string {
  const time = record.timestamp + (record.microseconds ?? 0) / MICROS;
  return `{"time":${time},"type":"${type}","peer":"${peer.addressText}","peerAs":${peer.as}`;
}

/** The attributes of one route: of those that hold NLRI only the next hops remain, and only for a route that is in them. */
function attributesText(attributes: readonly PathAttribute[], family: Family): string {
  const own = attributes.filter(({ type }) => type !== 'mp-reach-nlri' && type !== 'mp-unreach-nlri');
  const reach = attributes.find((attribute) => attribute.type === 'mp-reach-nlri');
  const hops =
    reach?.type === 'mp-reach-nlri' && reach.value.family === family ? `"nextHops":${JSON.stringify(reach.value.nextHops)},` : '';
  return `${hops}"attributes":${JSON.stringify(own.map(toJson))}`;
}

/** TABLE_DUMP has whole addresses; an NLRI has only the octets that its bits need. */
function trimmedEnd({ record, nlriBytes, nlriStart, nlriEnd }: RouteView): number {
  return record.type === MrtType.TableDump ? nlriStart + 1 + ((nlriBytes[nlriStart]! + 7) >>> 3) : nlriEnd;
}
