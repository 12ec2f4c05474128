/**
 * Capabilities that list capability codes:
 *
 *   67 dynamic (draft-ietf-idr-dynamic-cap): codes that may change while the session is up; 66 came before it
 *   68 multisession (draft-ietf-idr-bgp-multisession): a flags octet (0x80: grouping), then the codes that tell sessions apart; 131 came before it
 */
import { ValueError } from '../fault.ts';
import { parseNumber } from '../numbers.ts';
import { BOOLEAN, list, optional, U8, unsigned } from '../parts/json-form.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { takeFlag } from './text.ts';

/** Dynamic Capability (draft-ietf-idr-dynamic-cap): which capabilities may change while the session is up. */
export interface DynamicCapability<T extends string = 'dynamic'> {
  type: T;
  codes: number[];
}

/** Multisession BGP (draft-ietf-idr-bgp-multisession). */
export interface MultisessionCapability<T extends string = 'multisession'> {
  type: T;
  grouping: boolean;
  codes: number[];
  /** The seven reserved bits, when set. */
  reserved?: number;
}

const GROUPING = 0x80;

function dynamicCodec<const T extends string>(code: number, type: T, name: string): CapabilityCodec<DynamicCapability<T>> {
  return {
    code,
    type,
    name,
    members: { codes: list(U8) },
    decode: (bytes, start, end) => ({ type, codes: [...bytes.subarray(start, end)] }),
    encode(out, value) {
      for (const code of value.codes) out.u8(code);
    },
    format: (value) => value.codes.join(' '),
    parse: (words) => ({ type, codes: words.map(parseCode) }),
  };
}

function multisessionCodec<const T extends string>(code: number, type: T, name: string): CapabilityCodec<MultisessionCapability<T>> {
  return {
    code,
    type,
    name,
    members: { grouping: BOOLEAN, codes: list(U8), reserved: optional(unsigned(0x7f)) },
    decode(bytes, start, end) {
      if (end === start) return undefined;
      const reserved = bytes[start]! & ~GROUPING;
      const grouping = (bytes[start]! & GROUPING) !== 0;
      return { type, grouping, codes: [...bytes.subarray(start + 1, end)], ...(reserved !== 0 && { reserved }) };
    },
    encode(out, value) {
      out.u8((value.grouping ? GROUPING : 0) | (value.reserved ?? 0));
      for (const code of value.codes) out.u8(code);
    },
    format(value) {
      const words = value.codes.map(String);
      if (value.grouping) words.unshift('grouping');
      if (value.reserved !== undefined) words.unshift(`reserved=${value.reserved}`);
      return words.join(' ');
    },
    parse(words) {
      const rest = [...words];
      const grouping = takeFlag(rest, 'grouping');
      const value: MultisessionCapability<T> = { type, grouping, codes: [] };
      for (const word of rest) {
        if (word.startsWith('reserved=')) value.reserved = parseNumber(word.slice(9), 0x7f, 'reserved bits');
        else value.codes.push(parseCode(word));
      }
      return value;
    },
  };
}

function parseCode(word: string): number {
  if (!/^\d+$/.test(word)) throw new ValueError(`found "${word}" where a capability code is expected, e.g. "1"`);
  return parseNumber(word, 0xff, 'capability code');
}

export const dynamicDeprecated: CapabilityCodec<DynamicCapability<'dynamic-deprecated'>> = dynamicCodec(
  CapabilityCode.DynamicDeprecated,
  'dynamic-deprecated',
  'Dynamic Capability (deprecated)',
);
export const dynamic: CapabilityCodec<DynamicCapability> = dynamicCodec(
  CapabilityCode.Dynamic,
  'dynamic',
  'Support for Dynamic Capability',
);
export const multisession: CapabilityCodec<MultisessionCapability> = multisessionCodec(
  CapabilityCode.Multisession,
  'multisession',
  'Multisession BGP Capability',
);
export const multisessionCisco: CapabilityCodec<MultisessionCapability<'multisession-cisco'>> = multisessionCodec(
  CapabilityCode.MultisessionCisco,
  'multisession-cisco',
  'Prestandard Multisession',
);
