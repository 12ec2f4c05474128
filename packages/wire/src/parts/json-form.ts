/**
 * How a value is read from its JSON form: a function that gives the value, or throws ValueError with the place in the JSON, what was found
 * there, and what is allowed: `attributes[2].value: found "x", allowed is a number from 0 to 4294967295`.
 *
 * Forms of structures are made of forms of their members, in the shape of the TypeScript type, so that a forgotten member does not compile.
 */
import { addressBytes, formatAddress } from '../address.ts';
import { fromHex } from '../bytes.ts';
import { type Family, parseFamily } from '../family.ts';
import { ValueError } from '../fault.ts';
import type { Field } from './fields.ts';
import { parseIpv4Text } from './ipv4.ts';
import { plainJson } from './plain-json.ts';

export type Form<T> = (json: unknown, path: string) => T;

export function refuse(path: string, json: unknown, allowed: string): never {
  throw new ValueError(`${path === '' ? '' : `${path}: `}found ${show(json)}, allowed is ${allowed}`);
}

const SHOWN_MAX = 60;

function show(json: unknown): string {
  if (json === undefined) return 'nothing';
  if (typeof json === 'string') return JSON.stringify(json.length > SHOWN_MAX ? `${json.slice(0, SHOWN_MAX)}…` : json);
  if (Array.isArray(json)) return `a list of ${json.length}`;
  return typeof json === 'object' && json !== null ? 'an object' : String(json);
}

export function member(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

export function unsigned(max: number, min = 0): Form<number> {
  return (json, path) =>
    typeof json === 'number' && Number.isInteger(json) && json >= min && json <= max
      ? json
      : refuse(path, json, `a number from ${min} to ${max}`);
}

export const U8: Form<number> = unsigned(0xff);
export const U16: Form<number> = unsigned(0xffff);
export const U24: Form<number> = unsigned(0xff_ffff);
export const U32: Form<number> = unsigned(0xffff_ffff);

export const U64: Form<bigint> = (json, path) => {
  const value = typeof json === 'string' && /^\d{1,20}$/.test(json) ? BigInt(json) : -1n;
  return value >= 0n && value < 1n << 64n ? value : refuse(path, json, 'decimal text from "0" to "18446744073709551615"');
};

export const BOOLEAN: Form<boolean> = (json, path) => (typeof json === 'boolean' ? json : refuse(path, json, 'true or false'));

export const TEXT: Form<string> = (json, path) => (typeof json === 'string' ? json : refuse(path, json, 'text'));

export const OCTETS: Form<Uint8Array> = (json, path) =>
  typeof json === 'string' && /^([0-9a-fA-F]{2})*$/.test(json) ? fromHex(json) : refuse(path, json, 'octets, e.g. "0a0b"');

export function oneOf<const T extends string | number | boolean>(...values: readonly T[]): Form<T> {
  return (json, path) =>
    values.find((value) => value === json) ?? refuse(path, json, values.map((value) => JSON.stringify(value)).join(', '));
}

/** Text that `parse` reads. */
export function parsed<T>(parse: (text: string) => T): Form<T> {
  return (json, path) => {
    const text = TEXT(json, path);
    return placed(path, () => parse(text));
  };
}

/** What `read` gives; a ValueError of it gets its place. */
export function placed<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof ValueError)) throw cause;
    throw new ValueError(`${path === '' ? '' : `${path}: `}${cause.message}`, { cause });
  }
}

export const ADDRESS: Form<string> = parsed((text) => formatAddress(addressBytes(text)));

export const IPV4: Form<string> = parsed(parseIpv4Text);

export const FAMILY: Form<Family> = (json, path) =>
  (typeof json === 'string' ? parseFamily(json) : undefined) ?? refuse(path, json, 'a family, e.g. "ipv4-unicast" or "afi-9/safi-200"');

export function list<T>(form: Form<T>): Form<T[]> {
  return (json, path) => (Array.isArray(json) ? json.map((each, i) => form(each, `${path}[${i}]`)) : refuse(path, json, 'a list'));
}

/** A member that may be left out; the value is then without it, or has what `otherwise` gives. */
export interface Optional<T> {
  readonly form: Form<T>;
  readonly otherwise: (() => T) | undefined;
}

export function optional<T>(form: Form<T>, otherwise?: () => T): Optional<T> {
  return { form, otherwise };
}

/** A form for each key of T. */
export type Members<T> = {
  readonly [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? Optional<NonNullable<T[K]>> : Form<T[K]> | Optional<T[K]>;
};

/** An object with these members and no others. */
export function object<T extends object>(members: Members<T>): Form<T> {
  const entries = Object.entries(members) as [string, Form<unknown> | Optional<unknown>][];
  return (json, path) => {
    const given = record(json, path);
    const stranger = Object.keys(given).find((key) => !Object.hasOwn(members, key));
    if (stranger !== undefined) refuse(path, stranger, `an object of ${entries.map(([key]) => key).join(', ')}`);
    const value: Record<string, unknown> = {};
    for (const [key, entry] of entries) {
      const form = typeof entry === 'function' ? entry : entry.form;
      if (typeof entry === 'function' || given[key] !== undefined) value[key] = form(given[key], member(path, key));
      else if (entry.otherwise !== undefined) value[key] = entry.otherwise();
    }
    return value as T;
  };
}

export function record(json: unknown, path: string): Readonly<Record<string, unknown>> {
  return isObject(json) ? json : refuse(path, json, 'an object');
}

/** The form whose name stands in the member `key`. */
export function tagged<T>(key: string, forms: Readonly<Record<string, Form<T>>>): Form<T> {
  return (json, path) => {
    const name = record(json, path)[key];
    const form = typeof name === 'string' && Object.hasOwn(forms, name) ? forms[name] : undefined;
    return form === undefined ? refuse(member(path, key), name, Object.keys(forms).join(', ')) : form(json, path);
  };
}

/**
 * The value of a field of a table, by way of its text: `parse(format(x))` is x, and JSON differs from the value only where `format` does not
 * care (decimal text for a number of 64 bits). So a table's row is all that its JSON needs.
 */
export function field<T>(of: Field<T>, family: Family): Form<T> {
  return (json, path) => {
    if (json === undefined) return missing(of, family, path);
    const value = placed(path, () => of.parse(textOf(of, json), family));
    checkAgrees(json, plainJson(value), path);
    return value;
  };
}

function missing({ allowed }: Pick<Field<unknown>, 'allowed'>, family: Family, path: string): never {
  if (allowed === undefined) refuse(path, undefined, 'a value');
  throw new ValueError(`${path}: found nothing, ${typeof allowed === 'string' ? allowed : allowed(family)}`);
}

/** What is not a value of the field is shown as it is, to be refused by `parse`. */
function textOf<T>(of: Field<T>, json: unknown): string {
  try {
    const text: unknown = typeof json === 'boolean' ? undefined : of.format(json as T);
    if (typeof text === 'string') return text;
  } catch {
    // A format may trip over what is not its value in any way.
  }
  return show(json);
}

/** Whether `json` says what `canonical` does; text may be written in other ways. Throws ValueError. */
export function checkAgrees(json: unknown, canonical: unknown, path: string): void {
  if (Array.isArray(json) && Array.isArray(canonical)) {
    if (json.length !== canonical.length) refuse(path, json, show(canonical));
    for (const [i, each] of json.entries()) checkAgrees(each, canonical[i], `${path}[${i}]`);
  } else if (isObject(json) && isObject(canonical)) {
    const keys = new Set([...Object.keys(json), ...Object.keys(canonical)]);
    for (const key of keys) checkAgrees(json[key], canonical[key], member(path, key));
  } else if (!isSame(json, canonical)) {
    refuse(path, json, show(canonical));
  }
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** A number of a field of four octets may have been given with more digits than it has. */
function isSame(json: unknown, canonical: unknown): boolean {
  if (typeof json === 'number') return json === canonical || Math.fround(json) === canonical;
  return typeof json === 'string' ? typeof canonical === 'string' : json === canonical;
}
