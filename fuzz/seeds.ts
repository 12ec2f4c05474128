/**
 * What inputs are made from: the shared conformance vectors where they lie beside the repository, and always some of our own (own-seeds.ts).
 * A part of a message is a seed alone, and again inside an UPDATE.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { attributeCodec, type Family, fromHex, makeFamily, parseFamily, readU16 } from '@tsbgp/wire';
import { exabgpTextSeeds } from './exabgp-targets.ts';
import { ownSeeds } from './own-seeds.ts';
import type { Seed } from './target.ts';
import { FAMILIES } from './targets.ts';

const SHARED = new URL('../../shared/conformance/', import.meta.url);

interface Vector {
  readonly kind: string;
  readonly hex: string;
  readonly context?: { readonly afi?: number; readonly safi?: number; readonly attr_type?: number };
}

/** All seeds, without duplicates. */
export function allSeeds(): Seed[] {
  const unique = new Map<string, Seed>();
  for (const seed of [...ownSeeds(), ...exabgpTextSeeds(), ...sharedSeeds()])
    unique.set(`${seed.kind} ${Buffer.from(seed.bytes).toString('base64')}`, seed);
  return [...unique.values()];
}

function* sharedSeeds(): Generator<Seed> {
  if (!existsSync(SHARED)) return;
  for (const name of jsonFiles('wire')) for (const vector of JSON.parse(read(`wire/${name}`)) as Vector[]) yield* vectorSeeds(vector);
  for (const folder of ['encoding', 'api', 'decoding', 'parsing']) {
    for (const name of jsonFiles(`exabgp/${folder}`)) {
      const entry = JSON.parse(read(`exabgp/${folder}/${name}`)) as { readonly config?: unknown };
      yield* exabgpSeeds(entry);
      if (typeof entry.config === 'string') yield configurationSeed(entry.config);
    }
  }
}

/** The file with programs that are there, so that it is read to its end. */
function configurationSeed(text: string): Seed {
  return { kind: 'configuration', bytes: Buffer.from(text.replace(/\brun [^;]*;/g, 'run /bin/sh;').replace(/[ \t]+/g, ' ')) };
}

function jsonFiles(folder: string): string[] {
  const path = new URL(`${folder}/`, SHARED);
  return existsSync(path)
    ? readdirSync(path)
        .filter((name) => name.endsWith('.json'))
        .sort()
    : [];
}

function read(path: string): string {
  return readFileSync(new URL(path, SHARED), 'utf8');
}

function* vectorSeeds({ kind, hex, context = {} }: Vector): Generator<Seed> {
  const bytes = fromHex(hex);
  switch (kind) {
    case 'message':
      yield { kind, bytes };
      break;
    case 'attributes':
      yield* attributesSeeds(bytes);
      break;
    case 'attribute-value':
      yield* attributesSeeds(attribute(context.attr_type ?? 0, bytes));
      break;
    case 'bgpls-tlv':
      yield* attributesSeeds(attribute(29, bytes));
      break;
    case 'nlri':
      yield* nlriSeeds(bytes, makeFamily(context.afi ?? 1, context.safi ?? 1));
      break;
    case 'capability':
      yield { kind: 'capabilities', bytes };
      break;
    case 'open-body':
      yield { kind: 'message', bytes: message(1, bytes) };
      break;
    case 'ext-community':
      for (let at = 0; at + 8 <= bytes.length; at += 8) yield { kind: 'community', bytes: bytes.slice(at, at + 8) };
      yield* attributesSeeds(attribute(16, bytes));
      break;
    case 'rtr':
      break; // no target reads it
    default: // BMP, MRT, streams of any octets: the messages in them
      yield* embedded(bytes);
  }
}

/** Every "raw" in the file: a message, the body of one, or NLRI of the file's family. */
function* exabgpSeeds(node: unknown, type?: string, family?: Family): Generator<Seed> {
  if (typeof node !== 'object' || node === null) return;
  const { raw, type: itsType, family: itsFamily } = node as Record<string, unknown>;
  const kind = typeof itsType === 'string' ? itsType : type;
  const within = typeof itsFamily === 'string' ? (parseFamily(itsFamily.replace(' ', '-')) ?? family) : family;
  if (typeof raw === 'string' && /^(?:[0-9a-fA-F]{2})+$/.test(raw.replace(/[\s:]/g, ''))) {
    const bytes = fromHex(raw);
    if (bytes.length >= 19 && bytes.subarray(0, 16).every((octet) => octet === 0xff)) yield { kind: 'message', bytes };
    else if (kind === 'nlri') yield* nlriSeeds(bytes, within ?? makeFamily(16_388, 71));
    else if (bytes.length > 3 && readU16(bytes, 0) === bytes.length + 16)
      yield { kind: 'message', bytes: message(bytes[2]!, bytes.subarray(3)) };
    else yield { kind: 'message', bytes: message(2, bytes) };
  }
  for (const inner of Object.values(node)) yield* exabgpSeeds(inner, kind, within);
}

function* attributesSeeds(bytes: Uint8Array): Generator<Seed> {
  yield { kind: 'attributes', bytes };
  const before = fromHex('40010100 400200 400304c0000201');
  yield { kind: 'message', bytes: message(2, concat([0, 0], u16(before.length + bytes.length), before, bytes, [24, 192, 0, 2])) };
}

function* nlriSeeds(bytes: Uint8Array, family: Family): Generator<Seed> {
  const index = FAMILIES.indexOf(family);
  if (index >= 0) yield { kind: 'nlri', bytes: concat([index, 0], bytes) };
  const nextHop = Uint8Array.of(4, 192, 0, 2, 1, 0);
  yield* attributesSeeds(attribute(14, concat(u16(family >>> 8), [family & 0xff], nextHop, bytes)));
}

/** The messages in a stream, wherever sixteen octets of ones begin. */
function* embedded(stream: Uint8Array): Generator<Seed> {
  for (let at = 0; at + 19 <= stream.length; at++) {
    if (!stream.subarray(at, at + 16).every((octet) => octet === 0xff)) continue;
    const length = readU16(stream, at + 16);
    const end = length >= 19 ? Math.min(stream.length, at + length) : stream.length;
    yield { kind: 'message', bytes: stream.slice(at, end) };
    at = end - 1;
  }
}

function attribute(code: number, value: Uint8Array): Uint8Array {
  const flags = attributeCodec(code)?.flags ?? 0xc0;
  return value.length > 255 ? concat([flags | 0x10, code], u16(value.length), value) : concat([flags, code, value.length], value);
}

function message(type: number, body: Uint8Array): Uint8Array {
  return concat(new Uint8Array(16).fill(0xff), u16(body.length + 19), [type], body);
}

function u16(value: number): number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

function concat(...parts: readonly ArrayLike<number>[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}
