/**
 * Validated data that a relying party wrote to a file, as JSON of rpki-client or Routinator:
 *
 *     { "roas":  [ { "prefix": "192.0.2.0/24", "maxLength": 24, "asn": 64496, "expires": 1764500000 } ],
 *       "aspas": [ { "customer_asid": 64496, "providers": [64497] } ] }
 *
 * rpki-client writes AS numbers as numbers and "customer_asid", Routinator writes "AS64496" and "customer". Everything else is passed over.
 */
import type { Buffer } from 'node:buffer';
import type { SourceTransfer } from '../source/source-data.ts';
import type { RpkiFileError } from './file-error.ts';
import { JsonCursor } from './json-cursor.ts';
import { Pause } from './pause.ts';
import { type FilePrefix, readAsn, readAsnList, readPrefix } from './values.ts';

const ROA_EXAMPLE = '{ "prefix": "192.0.2.0/24", "maxLength": 24, "asn": 64496 }';
const ASPA_EXAMPLE = '{ "customer_asid": 64496, "providers": [64497] }';

export interface ExportOptions {
  /** Entries that expired before, in seconds since 1970, are left out. @default none */
  readonly now?: number | undefined;
}

/** Reads the file into a transfer, in slices. Throws RpkiFileError; the transfer is then incomplete and must be given up. */
export async function readExport(file: string, bytes: Buffer, transfer: SourceTransfer, { now = 0 }: ExportOptions = {}): Promise<void> {
  const cursor = new JsonCursor(file, bytes);
  const pause = new Pause();
  let known = false;
  cursor.beginObject(`{ "roas": [${ROA_EXAMPLE}] }`);
  for (let key = cursor.nextKey(); key !== undefined; key = cursor.nextKey()) {
    if (key === 'roas') {
      await readRoas(cursor, transfer, now, pause);
    } else if (key === 'aspas') {
      await readAspas(cursor, transfer, now, pause);
    } else if (key === 'slurmVersion') {
      throw cursor.problem('found a SLURM file (RFC 8416), allowed JSON of rpki-client or Routinator; SLURM files are named separately');
    } else {
      cursor.skip();
      continue;
    }
    known = true;
  }
  cursor.end();
  if (!known)
    throw cursor.problem(`found neither "roas" nor "aspas", allowed JSON of rpki-client or Routinator, e.g. { "roas": [${ROA_EXAMPLE}] }`);
}

async function readRoas(cursor: JsonCursor, { vrps }: SourceTransfer, now: number, pause: Pause): Promise<void> {
  cursor.beginArray(`[${ROA_EXAMPLE}]`);
  while (cursor.nextElement()) {
    const { prefix, maxLength, asn, expires } = readRoa(cursor);
    // A VRP may be there several times, from several trust anchors.
    if (expires >= now) {
      const { address: octets, bits: length } = prefix;
      vrps.announce({ bytes: octets, offset: 0, ipv6: octets.length === 16, length, maxLength, asn });
    }
    if (pause.due()) await pause.turn();
  }
}

function readRoa(cursor: JsonCursor): { prefix: FilePrefix; maxLength: number; asn: number; expires: number } {
  let prefix: FilePrefix | undefined;
  let maxLength: number | undefined;
  let asn: number | undefined;
  let expires = Number.POSITIVE_INFINITY;
  let tooShort: RpkiFileError | undefined;
  cursor.beginObject(ROA_EXAMPLE);
  for (let key = cursor.nextKey(); key !== undefined; key = cursor.nextKey()) {
    if (key === 'prefix') prefix = readPrefix(cursor);
    else if (key === 'maxLength') {
      maxLength = cursor.integer(0, 128, '24');
      // The place is known now, the prefix perhaps later.
      if (prefix !== undefined) tooShort = lengthProblem(cursor, prefix, maxLength);
    } else if (key === 'asn') asn = readAsn(cursor);
    else if (key === 'expires') expires = cursor.integer(0, Number.MAX_SAFE_INTEGER, '1764500000');
    else cursor.skip();
    if (tooShort !== undefined) throw tooShort;
  }
  if (prefix === undefined || asn === undefined) {
    throw cursor.problem(`found an entry without "${prefix === undefined ? 'prefix' : 'asn'}", allowed ${ROA_EXAMPLE}`);
  }
  maxLength ??= prefix.bits;
  const problem = lengthProblem(cursor, prefix, maxLength);
  if (problem !== undefined) throw problem;
  return { prefix, maxLength, asn, expires };
}

/** RFC 9582 §4.3.2.1: prefix length <= maximum length <= bits of an address. */
export function lengthProblem(cursor: JsonCursor, { address, bits }: FilePrefix, maxLength: number): RpkiFileError | undefined {
  const bitsMax = 8 * address.length;
  if (maxLength >= bits && maxLength <= bitsMax) return undefined;
  return cursor.found(String(maxLength), `${bits} (the length of the prefix) to ${bitsMax}, e.g. ${bits}`);
}

async function readAspas(cursor: JsonCursor, { aspas }: SourceTransfer, now: number, pause: Pause): Promise<void> {
  /** A file may have several ASPAs of a customer: their providers belong together (draft-ietf-sidrops-aspa-profile). */
  const all = new Map<number, number[]>();
  cursor.beginArray(`[${ASPA_EXAMPLE}]`);
  while (cursor.nextElement()) {
    let customer: number | undefined;
    let providers: number[] | undefined;
    let expires = Number.POSITIVE_INFINITY;
    cursor.beginObject(ASPA_EXAMPLE);
    for (let key = cursor.nextKey(); key !== undefined; key = cursor.nextKey()) {
      if (key === 'customer_asid' || key === 'customer') customer = readAsn(cursor);
      else if (key === 'providers') providers = readAsnList(cursor);
      else if (key === 'expires') expires = cursor.integer(0, Number.MAX_SAFE_INTEGER, '1764500000');
      else cursor.skip();
    }
    if (customer === undefined || providers === undefined || providers.length === 0) {
      throw cursor.problem(`found an entry without ${customer === undefined ? 'a customer' : 'providers'}, allowed ${ASPA_EXAMPLE}`);
    }
    if (expires >= now) all.set(customer, [...(all.get(customer) ?? []), ...providers]);
    if (pause.due()) await pause.turn();
  }
  for (const [customer, providers] of all) aspas.announce(customer, providers);
}
