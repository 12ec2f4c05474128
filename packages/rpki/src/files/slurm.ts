/**
 * SLURM files: local exceptions to the data of the RPKI (RFC 8416, and draft-ietf-sidrops-aspa-slurm for ASPAs).
 *
 *     { "slurmVersion": 2,
 *       "validationOutputFilters": { "prefixFilters": [ { "prefix": "192.0.2.0/24" }, { "asn": 64496 } ],
 *                                    "aspaFilters":   [ { "customerAsn": 64496 } ] },
 *       "locallyAddedAssertions":  { "prefixAssertions": [ { "asn": 64496, "prefix": "198.51.100.0/24", "maxPrefixLength": 24 } ],
 *                                    "aspaAssertions":   [ { "customerAsn": 64496, "providerAsns": [64497] } ] } }
 *
 * Filters remove what caches and files say, assertions are added to it. Members that are not known are errors (RFC 8416 §3.2), so that a
 * misspelled filter is not taken for none. Filters and assertions of BGPsec keys are checked only as far as they are JSON.
 */
import type { Buffer } from 'node:buffer';
import { sharesBits } from '@tsbgp/wire';
import type { VrpFilter } from '../table/filter.ts';
import { formatPrefix } from '../table/vrp.ts';
import { lengthProblem } from './export-file.ts';
import { RpkiFileError } from './file-error.ts';
import { JsonCursor } from './json-cursor.ts';
import { type FilePrefix, readAsn, readAsnList, readPrefix } from './values.ts';

export interface PrefixAssertion {
  readonly prefix: FilePrefix;
  readonly maxLength: number;
  readonly asn: number;
}

/** What one SLURM file, or several together, say. */
export interface Exceptions {
  readonly filters: readonly VrpFilter[];
  /** Customers whose ASPAs are filtered. */
  readonly aspaFilters: readonly number[];
  readonly assertions: readonly PrefixAssertion[];
  readonly aspaAssertions: readonly { readonly customer: number; readonly providers: readonly number[] }[];
}

export const NO_EXCEPTIONS: Exceptions = { filters: [], aspaFilters: [], assertions: [], aspaAssertions: [] };

const EXAMPLE =
  '{ "slurmVersion": 1, "validationOutputFilters": { "prefixFilters": [], "bgpsecFilters": [] }, "locallyAddedAssertions": { "prefixAssertions": [], "bgpsecAssertions": [] } }';
const FILTER_EXAMPLE = '{ "prefix": "192.0.2.0/24", "asn": 64496 }';
const ASSERTION_EXAMPLE = '{ "asn": 64496, "prefix": "192.0.2.0/24", "maxPrefixLength": 24 }';
const ASPA_FILTER_EXAMPLE = '{ "customerAsn": 64496 }';
const ASPA_ASSERTION_EXAMPLE = '{ "customerAsn": 64496, "providerAsns": [64497] }';

/** Throws RpkiFileError. */
export function readSlurm(file: string, bytes: Buffer): Exceptions {
  const cursor = new JsonCursor(file, bytes);
  const found: { version?: number; aspas?: RpkiFileError } = {};
  const filters: VrpFilter[] = [];
  const aspaFilters: number[] = [];
  const assertions: PrefixAssertion[] = [];
  const aspaAssertions: { customer: number; providers: number[] }[] = [];
  /** The version may come after the ASPAs in the file. */
  const ofVersion2 = (read: () => void) => (): void => {
    found.aspas ??= cursor.problem('found ASPAs in a file of slurmVersion 1, allowed "slurmVersion": 2');
    read();
  };
  object(cursor, EXAMPLE, {
    slurmVersion: () => {
      found.version = cursor.integer(1, 2, '1');
    },
    validationOutputFilters: () => {
      object(cursor, '{ "prefixFilters": [] }', {
        prefixFilters: () => list(cursor, () => filters.push(readFilter(cursor))),
        bgpsecFilters: () => cursor.skip(),
        aspaFilters: ofVersion2(() => list(cursor, () => aspaFilters.push(readAspaFilter(cursor)))),
      });
    },
    locallyAddedAssertions: () => {
      object(cursor, '{ "prefixAssertions": [] }', {
        prefixAssertions: () => list(cursor, () => assertions.push(readAssertion(cursor))),
        bgpsecAssertions: () => cursor.skip(),
        aspaAssertions: ofVersion2(() => list(cursor, () => aspaAssertions.push(readAspaAssertion(cursor)))),
      });
    },
  });
  cursor.end();
  if (found.version === undefined) throw cursor.problem(`found no "slurmVersion", allowed ${EXAMPLE}`);
  if (found.version === 1 && found.aspas !== undefined) throw found.aspas;
  return { filters, aspaFilters, assertions, aspaAssertions };
}

/** Joins the exceptions of several files. Throws RpkiFileError when two files speak about the same addresses or customer (RFC 8416 §4.2). */
export function joinExceptions(files: readonly { readonly file: string; readonly exceptions: Exceptions }[]): Exceptions {
  for (const [index, later] of files.entries()) {
    for (const earlier of files.slice(0, index)) {
      const conflict = conflictBetween(earlier.exceptions, later.exceptions);
      if (conflict === undefined) continue;
      const advice = 'allowed in one SLURM file only, so that the result does not depend on the order of the files (RFC 8416 §4.2)';
      throw new RpkiFileError(later.file, `found ${conflict}, which ${earlier.file} has too, ${advice}`);
    }
  }
  const all = files.map(({ exceptions }) => exceptions);
  return {
    filters: all.flatMap(({ filters }) => filters),
    aspaFilters: all.flatMap(({ aspaFilters }) => aspaFilters),
    assertions: all.flatMap(({ assertions }) => assertions),
    aspaAssertions: all.flatMap(({ aspaAssertions }) => aspaAssertions),
  };
}

function conflictBetween(a: Exceptions, b: Exceptions): string | undefined {
  const theirs = prefixesOf(a);
  for (const prefix of prefixesOf(b)) {
    if (theirs.some((other) => overlap(prefix, other))) return `addresses of ${formatPrefix(prefix.address, prefix.bits)}`;
  }
  const customers = new Set(customersOf(a));
  const customer = customersOf(b).find((asn) => customers.has(asn));
  return customer === undefined ? undefined : `an ASPA of AS${customer}`;
}

function prefixesOf({ filters, assertions }: Exceptions): FilePrefix[] {
  return [...filters.flatMap(({ prefix }) => (prefix === undefined ? [] : [prefix])), ...assertions.map(({ prefix }) => prefix)];
}

function customersOf({ aspaFilters, aspaAssertions }: Exceptions): number[] {
  return [...aspaFilters, ...aspaAssertions.map(({ customer }) => customer)];
}

function overlap(a: FilePrefix, b: FilePrefix): boolean {
  return a.address.length === b.address.length && sharesBits(a.address, 0, b.address, 0, Math.min(a.bits, b.bits));
}

function readFilter(cursor: JsonCursor): VrpFilter {
  const found: { prefix?: FilePrefix; asn?: number } = {};
  object(cursor, FILTER_EXAMPLE, {
    prefix: () => {
      found.prefix = readPrefix(cursor);
    },
    asn: () => {
      found.asn = readAsn(cursor);
    },
    comment: () => cursor.skip(),
  });
  if (found.prefix === undefined && found.asn === undefined)
    throw cursor.problem(`found a filter without "prefix" and "asn", allowed ${FILTER_EXAMPLE}`);
  return found;
}

function readAssertion(cursor: JsonCursor): PrefixAssertion {
  const found: { prefix?: FilePrefix; asn?: number; maxLength?: number } = {};
  object(cursor, ASSERTION_EXAMPLE, {
    prefix: () => {
      found.prefix = readPrefix(cursor);
    },
    asn: () => {
      found.asn = readAsn(cursor);
    },
    maxPrefixLength: () => {
      found.maxLength = cursor.integer(0, 128, '24');
    },
    comment: () => cursor.skip(),
  });
  const { prefix, asn } = found;
  if (prefix === undefined || asn === undefined) {
    throw cursor.problem(`found an assertion without "${prefix === undefined ? 'prefix' : 'asn'}", allowed ${ASSERTION_EXAMPLE}`);
  }
  const maxLength = found.maxLength ?? prefix.bits;
  const problem = lengthProblem(cursor, prefix, maxLength);
  if (problem !== undefined) throw problem;
  return { prefix, asn, maxLength };
}

function readAspaFilter(cursor: JsonCursor): number {
  const found: { customer?: number } = {};
  object(cursor, ASPA_FILTER_EXAMPLE, {
    customerAsn: () => {
      found.customer = readAsn(cursor);
    },
    comment: () => cursor.skip(),
  });
  if (found.customer === undefined) throw cursor.problem(`found a filter without "customerAsn", allowed ${ASPA_FILTER_EXAMPLE}`);
  return found.customer;
}

function readAspaAssertion(cursor: JsonCursor): { customer: number; providers: number[] } {
  const found: { customer?: number; providers?: number[] } = {};
  object(cursor, ASPA_ASSERTION_EXAMPLE, {
    customerAsn: () => {
      found.customer = readAsn(cursor);
    },
    providerAsns: () => {
      found.providers = readAsnList(cursor);
    },
    comment: () => cursor.skip(),
  });
  const { customer, providers = [] } = found;
  if (customer === undefined || providers.length === 0) {
    throw cursor.problem(
      `found an assertion without "${customer === undefined ? 'customerAsn' : 'providerAsns'}", allowed ${ASPA_ASSERTION_EXAMPLE}`,
    );
  }
  return { customer, providers };
}

/** Reads an object whose keys are all in `members`. */
function object(cursor: JsonCursor, example: string, members: Readonly<Record<string, () => void>>): void {
  cursor.beginObject(example);
  for (let key = cursor.nextKey(); key !== undefined; key = cursor.nextKey()) {
    if (!Object.hasOwn(members, key)) throw cursor.problem(`found an unknown member, allowed ${Object.keys(members).join(', ')}`);
    members[key]!();
  }
}

function list(cursor: JsonCursor, read: () => void): void {
  cursor.beginArray('');
  while (cursor.nextElement()) read();
}
