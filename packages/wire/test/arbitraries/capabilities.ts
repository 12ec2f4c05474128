/** Capabilities of every type, in the form in which they decode. */
import fc from 'fast-check';
import { CAPABILITIES, type Capability } from '../../src/capabilities/registry.ts';
import { anyFamily, maybe, octets, present, record, text, u8, u16, u24, u32, unsigned } from './primitives.ts';

type Members = fc.Arbitrary<object>;

const reserved = maybe(unsigned(0x7f, 1));
const direction = fc.constantFrom({ receive: true, send: false }, { receive: false, send: true }, { receive: true, send: true });
const empty: Members = fc.constant({});
const shortText = text.filter((each) => new TextEncoder().encode(each).length <= 100);

function families(members: Members): Members {
  const entry = fc.tuple(anyFamily, members).map(([family, rest]) => ({ family, ...rest }));
  return record({ families: fc.array(entry, { maxLength: 4 }) });
}

const orf: Members = families(
  record({
    reserved: maybe(unsigned(0xff, 1)),
    types: fc.array(
      fc.tuple(u8, direction).map(([orfType, each]) => ({ orfType, ...each })),
      { maxLength: 3 },
    ),
  }).map((value) => present(value)),
);
const codes = fc.array(u8, { maxLength: 5 });
const multisession = record({ grouping: fc.boolean(), codes, reserved }).map((value) => present(value));
const flags = record({ forwarding: fc.boolean(), reserved }).map((value) => present(value));

const MEMBERS: Readonly<Record<Capability['type'], Members>> = {
  multiprotocol: record({ family: anyFamily, reserved: maybe(unsigned(0xff, 1)) }).map((value) => present(value)),
  'route-refresh': empty,
  'route-refresh-cisco': empty,
  'extended-message': empty,
  'enhanced-route-refresh': empty,
  'bfd-strict': empty,
  'link-local-next-hop': empty,
  operational: empty,
  'outbound-route-filtering': orf,
  'outbound-route-filtering-cisco': orf,
  'extended-next-hop': record({ tuples: fc.array(record({ family: anyFamily, nextHopAfi: u16 }), { maxLength: 4 }) }),
  bgpsec: record({ version: unsigned(15), direction: fc.constantFrom('receive', 'send'), afi: u16, reserved: maybe(unsigned(7, 1)) }).map(
    (value) => present(value),
  ),
  'multiple-labels': families(record({ count: u8 })),
  role: record({ role: u8 }),
  'graceful-restart': fc
    .tuple(
      record({
        restartState: fc.boolean(),
        notification: fc.boolean(),
        restartTimeSeconds: unsigned(0xfff),
        reserved: maybe(unsigned(3, 1)),
      }),
      families(flags),
    )
    .map(([head, rest]) => present({ ...head, ...rest })),
  'four-octet-as': record({ as: u32 }),
  dynamic: record({ codes }),
  'dynamic-deprecated': record({ codes }),
  multisession,
  'multisession-cisco': multisession,
  'add-path': families(direction),
  'long-lived-graceful-restart': families(fc.tuple(flags, u24).map(([each, staleTimeSeconds]) => ({ ...each, staleTimeSeconds }))),
  fqdn: record({ hostname: shortText, domain: shortText }),
  'software-version': record({ version: shortText }),
  'paths-limit': families(record({ limit: u16 })),
  unknown: record({ code: u8.filter((code) => !CAPABILITIES.some((row) => row.code === code)), bytes: octets(0, 9) }),
};

export const CAPABILITY_TYPES: readonly Capability['type'][] = Object.keys(MEMBERS) as Capability['type'][];

export function capabilityOf(type: Capability['type']): fc.Arbitrary<Capability> {
  return MEMBERS[type].map((members) => ({ type, ...members }) as Capability);
}

export const anyCapability: fc.Arbitrary<Capability> = fc.oneof(...CAPABILITY_TYPES.map(capabilityOf));
