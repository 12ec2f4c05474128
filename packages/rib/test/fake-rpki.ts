/** RPKI data for tests of the RIB in the plainest form: VRPs in a list that is searched from end to end, providers in a map. */
import assert from 'node:assert/strict';
import { formatAddress, parsePrefix, readU32, sharesBits } from '@tsbgp/wire';
import { AspaState, type PrefixRanges, type Rib, type RouteValidator, RovState } from '../src/index.ts';

interface Vrp {
  readonly address: Uint8Array;
  readonly bits: number;
  readonly maxLength: number;
  readonly asn: number;
}

export interface FakeRpki {
  readonly validator: RouteValidator;
  /** What was looked up: "192.0.2.0/24 65001". */
  readonly asked: string[];
  /** AS_PATHs that were verified: "up 65001 65002". */
  readonly verified: string[];
  /** Adds VRPs, "192.0.2.0/24-24 65001", before there are routes. */
  vrps(...texts: string[]): void;
  /** Replaces the ASPA of a customer, before there are routes. */
  aspa(customer: number, ...providers: number[]): void;
  /** Adds and removes VRPs, and tells the RIB. */
  change(rib: Rib, added: readonly string[], removed: readonly string[]): void;
  /** Replaces the ASPA of a customer, or removes it where there are no providers, and tells the RIB. */
  aspaChange(rib: Rib, customer: number, ...providers: number[]): void;
  /** RFC 6811 §2 by its words. */
  stateOf(prefix: string, origin: number): RovState;
}

export function fakeRpki(): FakeRpki {
  const table = new Map<string, Vrp>();
  const providers = new Map<number, readonly number[]>();
  const asked: string[] = [];
  const verified: string[] = [];
  const state = (address: Uint8Array, bits: number, origin: number): RovState => {
    const covering = [...table.values()].filter((vrp) => covers(vrp, address, bits));
    if (covering.length === 0) return RovState.NotFound;
    const matches = covering.some(({ maxLength, asn }) => bits <= maxLength && asn === origin && origin !== 0);
    return matches ? RovState.Valid : RovState.Invalid;
  };
  return {
    asked,
    verified,
    validator: {
      originState(bytes, offset, ipv6, bits, origin) {
        const address = new Uint8Array(ipv6 ? 16 : 4);
        address.set(bytes.subarray(offset, offset + Math.ceil(bits / 8)));
        asked.push(`${formatAddress(address)}/${bits} ${origin}`);
        return state(address, bits, origin);
      },
      pathState(bytes, start, end, isDownstream) {
        const path: number[] = [];
        for (let at = start; at < end; at += 2 + 4 * bytes[at + 1]!) {
          assert.equal(bytes[at], 2, 'this one knows sequences only');
          for (let i = 0; i < bytes[at + 1]!; i++) path.push(readU32(bytes, at + 2 + 4 * i));
        }
        verified.push(`${isDownstream ? 'down' : 'up'} ${path.join(' ')}`);
        return isDownstream ? AspaState.Unknown : upstream(providers, path);
      },
    },
    vrps(...texts) {
      for (const text of texts) table.set(text, parseVrp(text));
    },
    aspa(customer, ...of) {
      providers.set(customer, of);
    },
    change(rib, added, removed) {
      for (const text of removed) table.delete(text);
      for (const text of added) table.set(text, parseVrp(text));
      const changed = [...added, ...removed].map(parseVrp);
      rib.validation!.change({ ipv4: ranges(changed, 4), ipv6: ranges(changed, 16), customers: new Set() });
    },
    aspaChange(rib, customer, ...of) {
      if (of.length === 0) providers.delete(customer);
      else providers.set(customer, of);
      rib.validation!.change({ ipv4: ranges([], 4), ipv6: ranges([], 16), customers: new Set([customer]) });
    },
    stateOf(prefix, origin) {
      const { address, bits } = parsePrefix(prefix)!;
      return state(address, bits, origin);
    },
  };
}

function upstream(providers: ReadonlyMap<number, readonly number[]>, path: readonly number[]): AspaState {
  const hops = path.slice(1).map((customer, at) => providers.get(customer)?.includes(path[at]!));
  if (hops.includes(false)) return AspaState.Invalid;
  return hops.includes(undefined) ? AspaState.Unknown : AspaState.Valid;
}

function parseVrp(text: string): Vrp {
  const [prefix, maxLength, asn] = text.split(/[- ]/);
  return { ...parsePrefix(prefix!)!, maxLength: Number(maxLength), asn: Number(asn) };
}

function covers(vrp: { readonly address: Uint8Array; readonly bits: number }, address: Uint8Array, bits: number): boolean {
  return vrp.address.length === address.length && vrp.bits <= bits && sharesBits(vrp.address, 0, address, 0, vrp.bits);
}

/** In order and without overlap, as `Validation.change` takes them. */
function ranges(vrps: readonly Vrp[], size: 4 | 16): PrefixRanges {
  const sorted = vrps
    .filter(({ address }) => address.length === size)
    .toSorted((a, b) => Buffer.compare(a.address, b.address) || a.bits - b.bits);
  const kept = sorted.filter((vrp, at) => !sorted.slice(0, at).some((before) => covers(before, vrp.address, vrp.bits)));
  const addresses = Uint8Array.from(kept.flatMap(({ address }) => [...address]));
  return { all: false, count: kept.length, lengths: Uint8Array.from(kept, ({ bits }) => bits), addresses };
}
