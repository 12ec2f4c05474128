/**
 * The registered extended communities, one line each: type, subtype, name, and the parts of the other octets.
 *
 * Several lines may share a name: the form of the administrator (two-octet AS, IPv4 address, four-octet AS) tells them apart.
 * Source: IANA, BGP Extended Communities, 2026-11; type names as in RFC 7153.
 */
import { AS4, DIRECTED_GROUP, FLOAT, flags, IPV4, MAC, octets, type Part, reserved, U8, U16, U24, U32 } from './extended-parts.ts';

export interface ExtendedCommunityRow {
  readonly type: number;
  /** undefined for a type without subtypes (RFC 4360 §2, regular type): the parts then have seven octets. */
  readonly subtype: number | undefined;
  readonly name: string;
  readonly parts: Readonly<Record<string, Part>>;
}

type Parts = Readonly<Record<string, Part>>;

/** Types (RFC 7153 §2); bit 0x40 is "not beyond the AS". */
const TWO_OCTET_AS = 0x00;
const IPV4_ADDRESS = 0x01;
const FOUR_OCTET_AS = 0x02;
const OPAQUE = 0x03;
const QOS_MARKING = 0x04;
const COS_CAPABILITY = 0x05;
const EVPN = 0x06;
const FLOWSPEC = 0x07;
const FLOWSPEC_IP = 0x08;
const FLOWSPEC_INDIRECTION = 0x09;
const TRANSPORT_CLASS = 0x0a;
const SFC = 0x0b;
const MUP = 0x0c;
const EXPERIMENTAL = 0x80;
const EXPERIMENTAL_2 = 0x81;
const EXPERIMENTAL_3 = 0x82;
const NON_TRANSITIVE = 0x40;

const AS2_FORM: Parts = { as: U16, value: U32 };
const IPV4_FORM: Parts = { address: IPV4, value: U16 };
const AS4_FORM: Parts = { as: AS4, value: U16 };

function row(type: number, subtype: number | undefined, name: string, parts: Parts): ExtendedCommunityRow {
  return { type, subtype, name, parts };
}

/** The same subtype in all three forms of RFC 4360 §3 and RFC 5668. */
function administered(subtype: number, name: string): ExtendedCommunityRow[] {
  return [
    row(TWO_OCTET_AS, subtype, name, AS2_FORM),
    row(IPV4_ADDRESS, subtype, name, IPV4_FORM),
    row(FOUR_OCTET_AS, subtype, name, AS4_FORM),
  ];
}

/** draft-knoll-idr-qos-attribute: what a marking here means, and which one to use beyond. */
const QOS_FORM: Parts = {
  flags: flags(1, { remarking: 0x10, 'ignore-remarking': 0x08, aggregation: 0x04 }),
  setNumber: U8,
  technology: U8,
  originalMarking: U16,
  activeMarking: U8,
  processingCount: U8,
};

const OSPF_ROUTE_TYPE: Parts = { area: IPV4, routeType: U8, options: U8 };

export const EXTENDED_COMMUNITIES: readonly ExtendedCommunityRow[] = [
  ...administered(0x02, 'rt'), // Route Target, RFC 4360 §4, RFC 5668
  ...administered(0x03, 'ro'), // Route Origin, RFC 4360 §5
  ...administered(0x05, 'ospf-domain-id'), // RFC 4577 §4.2.4
  ...administered(0x10, 'vpn-distinguisher'),
  ...administered(0x13, 'rt-record'),
  ...administered(0x15, 'rt-derived'), // draft-ietf-idr-rt-derived-community
  row(TWO_OCTET_AS, 0x04, 'transitive-link-bandwidth', { as: U16, bytesPerSecond: FLOAT }),
  row(TWO_OCTET_AS, 0x08, 'data-collection', AS2_FORM), // RFC 4384
  row(FOUR_OCTET_AS, 0x08, 'data-collection', AS4_FORM),
  row(TWO_OCTET_AS, 0x09, 'source-as', AS2_FORM), // RFC 6514 §7
  row(FOUR_OCTET_AS, 0x09, 'source-as', AS4_FORM),
  row(TWO_OCTET_AS, 0x0a, 'l2vpn-id', AS2_FORM), // RFC 6074 §3.2.1
  row(IPV4_ADDRESS, 0x0a, 'l2vpn-id', IPV4_FORM),
  row(TWO_OCTET_AS, 0x80, 'virtual-network-id', AS2_FORM),
  row(FOUR_OCTET_AS, 0x04, 'generic', AS4_FORM),
  row(IPV4_ADDRESS, 0x07, 'ospf-router-id', IPV4_FORM), // RFC 4577 §4.2.6
  row(IPV4_ADDRESS, 0x09, 'node-target', IPV4_FORM),
  row(IPV4_ADDRESS, 0x0b, 'vrf-route-import', IPV4_FORM), // RFC 6514 §7
  row(IPV4_ADDRESS, 0x0c, 'flowspec-redirect-ipv4', IPV4_FORM),
  row(IPV4_ADDRESS, 0x12, 'segmented-next-hop', IPV4_FORM), // RFC 7524 §4
  row(IPV4_ADDRESS, 0x14, 'vrf-recursive-next-hop', IPV4_FORM),
  row(IPV4_ADDRESS, 0x20, 'mvpn-sa-rp', IPV4_FORM), // RFC 9081 §3

  row(OPAQUE, 0x01, 'cost', { pointOfInsertion: U8, communityId: U8, cost: U32 }),
  row(OPAQUE, 0x03, 'cp-orf', octetsForm()), // RFC 7543 §5
  row(OPAQUE, 0x04, 'extranet-source', { reserved: reserved(6) }), // RFC 7900 §4.4
  row(OPAQUE, 0x05, 'extranet-separation', { reserved: reserved(6) }), // RFC 7900 §4.5
  row(OPAQUE, 0x06, 'ospf-route-type', OSPF_ROUTE_TYPE), // RFC 4577 §4.2.6
  row(OPAQUE, 0x07, 'pmsi-tunnel-flags', octetsForm()), // RFC 7902 §3
  row(OPAQUE, 0x08, 'context-label-space', { idType: U16, idValue: U32 }), // RFC 9573 §3.1
  row(OPAQUE, 0x0b, 'color', { flags: U16, color: U32 }), // RFC 9012 §4.3, RFC 9830 §3
  row(OPAQUE, 0x0c, 'encapsulation', { reserved: reserved(4), tunnelType: U16 }), // RFC 9012 §4.1
  row(OPAQUE, 0x0d, 'default-gateway', { reserved: reserved(6) }), // RFC 7432 §7.8
  row(OPAQUE, 0x0e, 'ppmp-label', octetsForm()),
  row(OPAQUE, 0x0f, 'group-policy-class-tag', octetsForm()),
  row(OPAQUE, 0x14, 'consistent-hash-sort-order', octetsForm()),
  row(OPAQUE, 0x15, 'rt-derived-opaque', octetsForm()),
  row(OPAQUE, 0x17, 'group-policy-id', octetsForm()),
  row(OPAQUE, 0x1b, 'local-color-mapping', { reserved: reserved(2), color: U32 }), // draft-ietf-idr-bgp-car
  row(OPAQUE, 0xaa, 'load-balance', octetsForm()),

  row(QOS_MARKING, undefined, 'qos-marking', QOS_FORM),
  row(COS_CAPABILITY, undefined, 'cos-capability', {
    flags: flags(1, { 'best-effort': 0x80, 'expedited-forwarding': 0x40, 'assured-forwarding': 0x20, 'lower-effort': 0x10 }),
    reserved: reserved(6),
  }),

  row(EVPN, 0x00, 'mac-mobility', { flags: flags(1, { sticky: 1 }), reserved: reserved(1), sequence: U32 }), // RFC 7432 §7.7
  row(EVPN, 0x01, 'esi-label', { flags: flags(1, { 'single-active': 1 }), reserved: reserved(2), label: U24 }), // RFC 7432 §7.5
  row(EVPN, 0x02, 'es-import', { mac: MAC }), // RFC 7432 §7.6
  row(EVPN, 0x03, 'router-mac', { mac: MAC }), // RFC 9135 §8.1
  row(EVPN, 0x04, 'layer2-attributes', {
    flags: flags(2, { backup: 1, primary: 2, 'control-word': 4, 'flow-label': 8 }),
    mtu: U16,
    reserved: reserved(2),
  }), // RFC 8214 §3.1, RFC 9746
  row(EVPN, 0x05, 'e-tree', { flags: flags(1, { leaf: 1 }), reserved: reserved(2), label: U24 }), // RFC 8317 §5.1
  row(EVPN, 0x06, 'df-election', { algorithm: U8, capabilities: U16, reserved: reserved(1), preference: U16 }), // RFC 8584 §2.2, RFC 9785 §3
  row(EVPN, 0x07, 'i-sid', octetsForm()), // RFC 9541
  row(EVPN, 0x08, 'arp-nd', { flags: flags(1, { router: 1, override: 2, immutable: 4 }), reserved: reserved(5) }), // RFC 9047 §2
  row(EVPN, 0x09, 'multicast-flags', { flags: flags(2, { 'igmp-proxy': 1, 'mld-proxy': 2 }), reserved: reserved(4) }), // RFC 9251 §9.4
  row(EVPN, 0x0a, 'evi-rt', AS2_FORM), // RFC 9251 §9.5
  row(EVPN, 0x0b, 'evi-rt', IPV4_FORM),
  row(EVPN, 0x0c, 'evi-rt', AS4_FORM),
  row(EVPN, 0x0d, 'evi-rt-ipv6', octetsForm()),
  row(EVPN, 0x0e, 'attachment-circuit', octetsForm()),
  row(EVPN, 0x0f, 'service-carving-timestamp', { seconds: U32, fraction: U16 }), // RFC 9722 §2.2
  row(EVPN, 0x10, 'evpn-link-bandwidth', { valueUnits: U8, value: octets(5) }),
  row(EVPN, 0x15, 'rt-derived-evpn', octetsForm()),

  row(FLOWSPEC, 0x02, 'interface-set', { as: U32, group: DIRECTED_GROUP }),
  row(FLOWSPEC_IP, 0x00, 'redirect-to-ip', { address: IPV4, flags: flags(2, { copy: 1 }) }),
  row(FLOWSPEC_INDIRECTION, 0x00, 'redirect-to-indirection-id', { flags: U8, tableId: U8, id: U32 }),
  row(TRANSPORT_CLASS, 0x02, 'transport-class', { reserved: reserved(2), id: U32 }), // RFC 9832 §4.3
  row(SFC, 0x01, 'sfir-pool', { poolType: U16, pool: U32 }), // RFC 9015 §3.2.1.1
  row(SFC, 0x02, 'mpls-mixed-labels', octetsForm()), // RFC 9015 §3.2.1.2
  row(MUP, 0x00, 'mup', AS2_FORM), // direct-type segment identifier

  row(EXPERIMENTAL, 0x00, 'ospf-route-type-old', OSPF_ROUTE_TYPE),
  row(EXPERIMENTAL, 0x01, 'ospf-router-id-old', IPV4_FORM),
  row(EXPERIMENTAL, 0x04, 'security-group', AS2_FORM),
  row(EXPERIMENTAL_3, 0x04, 'security-group', AS4_FORM),
  row(EXPERIMENTAL, 0x05, 'ospf-domain-id-old', octetsForm()),
  row(EXPERIMENTAL, 0x06, 'rate-bytes', { as: U16, rate: FLOAT }), // RFC 8955 §7.1
  row(EXPERIMENTAL, 0x07, 'traffic-action', { reserved: reserved(5), flags: flags(1, { terminal: 1, sample: 2 }) }), // RFC 8955 §7.3
  row(EXPERIMENTAL, 0x08, 'redirect', AS2_FORM), // RFC 8955 §7.4
  row(EXPERIMENTAL_2, 0x08, 'redirect', IPV4_FORM),
  row(EXPERIMENTAL_3, 0x08, 'redirect', AS4_FORM),
  row(EXPERIMENTAL, 0x09, 'mark', { reserved: reserved(5), dscp: U8 }), // RFC 8955 §7.5
  row(EXPERIMENTAL, 0x0a, 'layer2-info', { encapsulation: U8, controlFlags: U8, mtu: U16, preference: U16 }), // RFC 4761 §3.2.4
  row(EXPERIMENTAL, 0x0b, 'e-tree-info', { reserved: reserved(4), flags: flags(2, { leaf: 1, preferred: 2 }) }), // RFC 7796 §3.1
  row(EXPERIMENTAL, 0x0c, 'rate-packets', { as: U16, rate: FLOAT }), // RFC 8955 §7.2
  row(EXPERIMENTAL, 0x0d, 'sfc-classifier', { spi: U24, si: U8, sft: U16 }), // RFC 9015 §7.4
  row(EXPERIMENTAL, 0x84, 'tag', AS2_FORM),
  row(EXPERIMENTAL_3, 0x84, 'tag', AS4_FORM),
  row(EXPERIMENTAL, 0x85, 'origin-sub-cluster', AS2_FORM),
  row(EXPERIMENTAL_3, 0x85, 'origin-sub-cluster', AS4_FORM),

  row(NON_TRANSITIVE | TWO_OCTET_AS, 0x04, 'link-bandwidth', { as: U16, bytesPerSecond: FLOAT }),
  row(NON_TRANSITIVE | TWO_OCTET_AS, 0x80, 'virtual-network-id-non-transitive', AS2_FORM),
  row(NON_TRANSITIVE | IPV4_ADDRESS, 0x09, 'node-target-non-transitive', IPV4_FORM),
  row(NON_TRANSITIVE | FOUR_OCTET_AS, 0x04, 'generic-non-transitive', AS4_FORM),
  row(NON_TRANSITIVE | OPAQUE, 0x00, 'origin-validation-state', { reserved: reserved(5), state: U8 }), // RFC 8097 §2
  row(NON_TRANSITIVE | OPAQUE, 0x01, 'cost-non-transitive', { pointOfInsertion: U8, communityId: U8, cost: U32 }),
  row(NON_TRANSITIVE | OPAQUE, 0x02, 'rt-opaque-non-transitive', octetsForm()),
  row(NON_TRANSITIVE | OPAQUE, 0x15, 'rt-derived-opaque-non-transitive', octetsForm()),
  row(NON_TRANSITIVE | QOS_MARKING, undefined, 'qos-marking-non-transitive', QOS_FORM),
  row(NON_TRANSITIVE | FLOWSPEC, 0x02, 'interface-set-non-transitive', { as: U32, group: DIRECTED_GROUP }),
  row(NON_TRANSITIVE | TRANSPORT_CLASS, 0x02, 'transport-class-non-transitive', { reserved: reserved(2), id: U32 }), // RFC 9832 §4.3
];

function octetsForm(): Parts {
  return { value: octets(6) };
}
