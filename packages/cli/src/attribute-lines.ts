/**
 * Path attributes of tsbgp.v1 that have no column and no field of their own: a name and a line each. Both come from the attribute's row in the
 * wire package (docs/wire.md), so that `tsbgp rib`, `tsbgp decode` and the library say the same.
 */
import { type AsPath, AsPathSegment_Type, type PathAttribute } from '@tsbgp/api';
import { attributeCodecByName, formatAttribute, formatIpv6ExtendedCommunity, openAttributeSet, toHex } from '@tsbgp/wire';

type Kind = Exclude<PathAttribute['kind'], { case: undefined }>;

/** Named as the RFCs do, in small letters. */
export function otherAttribute({ kind, flags }: PathAttribute): { name: string; text: string } {
  if (kind.case === 'unknown') {
    return { name: `attribute ${kind.value.code}`, text: `flags 0x${flags.toString(16).padStart(2, '0')}, 0x${toHex(kind.value.value)}` };
  }
  const row = attributeCodecByName((kind.case ?? '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
  if (kind.case === undefined || row === undefined) {
    return { name: kind.case ?? 'attribute', text: '(this tsbgp is too old to show it)' };
  }
  const value = wireValue(kind);
  return { name: row.label ?? row.type.replaceAll('-', ' '), text: textOf(kind) ?? row.describe?.(value) ?? row.format(value) };
}

/** The text of a kind that holds its text, or octets that the wire package reads; undefined for others. */
function textOf(kind: Kind): string | undefined {
  switch (kind.case) {
    case 'as4Path':
      return asPathText(kind.value);
    case 'ipv6ExtendedCommunities':
      return kind.value.values.map(({ text, octets }) => (text !== '' ? text : formatIpv6ExtendedCommunity(octets))).join(' ');
    case 'attributeSet': {
      const { originAs, octets } = kind.value;
      const within = openAttributeSet({ originAs, attributes: octets }).attributes.map(formatAttribute);
      return [`AS ${originAs}`, ...within].join('; ');
    }
    case 'tunnelEncapsulation':
    case 'aigp':
    case 'bgpLs':
    case 'prefixSid':
      return kind.value.text === '' ? `0x${toHex(kind.value.octets)}` : kind.value.text;
    default:
      return undefined;
  }
}

/** The value as the wire package has it. Most messages have the same shape; lists are within a message. */
function wireValue(kind: Kind): unknown {
  switch (kind.case) {
    case 'clusterList':
      return kind.value.ids;
    case 'peDistinguisherLabels':
      return kind.value.values;
    case 'dPath':
      return kind.value.segments.map(({ domains }) => domains);
    default:
      return kind.value;
  }
}

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
