/**
 * Path attributes of tsbgp.v1 that have no column and no field of their own: a name and a line each. The line is the text of the wire
 * package (docs/wire.md), so that `tsbgp rib`, `tsbgp decode` and the library say the same.
 */
import { type AsPath, AsPathSegment_Type, type PathAttribute } from '@tsbgp/api';
import { formatAttribute, formatAttributeValue, formatIpv6ExtendedCommunity, openAttributeSet, toHex } from '@tsbgp/wire';

/** Named as the RFCs do, in small letters. */
export function otherAttribute({ kind, flags }: PathAttribute): { name: string; text: string } {
  switch (kind.case) {
    case 'atomicAggregate':
      return { name: 'atomic aggr.', text: 'yes' };
    case 'aggregator':
    case 'as4Aggregator':
      return { name: kind.case === 'aggregator' ? 'aggregator' : 'AS4 aggregator', text: `AS ${kind.value.as} at ${kind.value.address}` };
    case 'originatorId':
      return { name: 'originator', text: kind.value };
    case 'clusterList':
      return { name: 'cluster list', text: kind.value.ids.join(' ') };
    case 'as4Path':
      return { name: 'AS4 path', text: asPathText(kind.value) };
    case 'ipv6ExtendedCommunities': {
      const values = kind.value.values.map(({ text, octets }) => (text !== '' ? text : formatIpv6ExtendedCommunity(octets)));
      return { name: 'IPv6 extended', text: values.join(' ') };
    }
    case 'tunnelEncapsulation':
    case 'aigp':
    case 'bgpLs':
    case 'prefixSid':
      return { name: TLV_NAMES[kind.case], text: kind.value.text === '' ? `0x${toHex(kind.value.octets)}` : kind.value.text };
    case 'pmsiTunnel':
      return { name: 'PMSI tunnel', text: formatAttributeValue({ type: 'pmsi-tunnel', flags, value: kind.value }) };
    case 'peDistinguisherLabels':
      return { name: 'PE labels', text: formatAttributeValue({ type: 'pe-distinguisher-labels', flags, value: kind.value.values }) };
    case 'bgpsecPath':
      return { name: 'BGPsec path', text: formatAttributeValue({ type: 'bgpsec-path', flags, value: kind.value }) };
    case 'onlyToCustomer':
      return { name: 'OTC', text: `AS ${kind.value}` };
    case 'dPath': {
      const value = kind.value.segments.map(({ domains }) => domains);
      return { name: 'D-PATH', text: formatAttributeValue({ type: 'd-path', flags, value }) };
    }
    case 'attributeSet': {
      const { originAs, octets } = kind.value;
      const within = openAttributeSet({ originAs, attributes: octets }).attributes.map(formatAttribute);
      return { name: 'attribute set', text: [`AS ${originAs}`, ...within].join('; ') };
    }
    case 'unknown':
      return { name: `attribute ${kind.value.code}`, text: `flags 0x${flags.toString(16).padStart(2, '0')}, 0x${toHex(kind.value.value)}` };
    default:
      return { name: kind.case ?? 'attribute', text: '(this tsbgp is too old to show it)' };
  }
}

const TLV_NAMES = { tunnelEncapsulation: 'tunnel encap.', aigp: 'AIGP', bgpLs: 'BGP-LS', prefixSid: 'prefix SID' } as const;

const BRACKETS: Readonly<Record<AsPathSegment_Type, readonly [string, string]>> = {
  [AsPathSegment_Type.UNSPECIFIED]: ['', ''],
  [AsPathSegment_Type.SEQUENCE]: ['', ''],
  [AsPathSegment_Type.SET]: ['{', '}'],
  [AsPathSegment_Type.CONFED_SEQUENCE]: ['(', ')'],
  [AsPathSegment_Type.CONFED_SET]: ['[', ']'],
};

/** `64496 64497 {64498 64499}`. */
export function asPathText(path: AsPath): string {
  return path.segments
    .map(({ type, asns }) => {
      const [open, close] = BRACKETS[type] ?? ['', ''];
      return open + asns.join(' ') + close;
    })
    .join(' ');
}
