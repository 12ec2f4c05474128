/** Path attributes as ExaBGP's text encoder writes them. */
import { type AsPathSegment, aigpMetric, attributeCode, type PathAttribute } from '@tsbgp/wire';
import type { ApiVersion } from './api-version.ts';
import { pmsiText } from './attribute-json.ts';
import { hexText, valueOctets } from './attribute-octets.ts';
import { bgpLsAttributeText } from './bgp-ls-attribute-json.ts';
import { communityText, knownIpv6Community } from './extended-community-text.ts';
import { prefixSidText } from './prefix-sid-json.ts';
import { tunnelEncapsulationText } from './tunnel-encapsulation-json.ts';

/** ` origin igp local-preference 100`, with a blank before each. */
export function attributesText(attributes: readonly PathAttribute[], version: ApiVersion): string {
  return attributes
    .map((attribute) => attributeText(attribute, version))
    .filter((text) => text !== '')
    .map((text) => ` ${text}`)
    .join('');
}

const NAMES: Readonly<Record<number, string>> = {
  0xffff_ff01: 'no-export',
  0xffff_ff02: 'no-advertise',
  0xffff_ff03: 'no-export-subconfed',
  0xffff_ff04: 'no-peer',
  0xffff_029a: 'blackhole',
};

function one(texts: readonly string[]): string {
  return texts.length === 1 ? texts[0]! : `[ ${texts.join(' ')} ]`;
}

function attributeText(attribute: PathAttribute, version: ApiVersion): string {
  switch (attribute.type) {
    case 'origin':
      return `origin ${attribute.value}`;
    case 'as-path':
      return attribute.value.length === 0 ? '' : `as-path ${attribute.value.map((segment) => segmentText(segment, version)).join(' ')}`;
    case 'multi-exit-disc':
      return `med ${attribute.value}`;
    case 'local-pref':
      return `local-preference ${attribute.value}`;
    case 'atomic-aggregate':
      return 'atomic-aggregate';
    case 'aggregator':
      return `aggregator ( ${attribute.value.as}:${attribute.value.address} )`;
    case 'communities':
      return `community ${one(attribute.value.map((value) => NAMES[value] ?? `${value >>> 16}:${value & 0xffff}`))}`;
    case 'originator-id':
      return `originator-id ${attribute.value}`;
    case 'cluster-list':
      return `cluster-list ${version === 6 ? one(attribute.value) : `[ ${attribute.value.join(' ')} ]`}`;
    case 'extended-communities':
      return `extended-community ${one(attribute.value.map((bytes) => communityText(bytes, version)))}`;
    case 'ipv6-extended-communities':
      return `extended-community ${one(attribute.value.map((bytes) => knownIpv6Community(bytes) ?? hexText(bytes)))}`;
    case 'large-communities':
      return `large-community ${one(attribute.value.map(({ globalAdministrator, localData1, localData2 }) => `${globalAdministrator}:${localData1}:${localData2}`))}`;
    case 'pmsi-tunnel':
      return `pmsi ${pmsiText(attribute.value)}`;
    case 'aigp': {
      const metric = aigpMetric(attribute.value);
      if (metric === undefined) break;
      return `aigp 0x${metric.toString(16).toUpperCase().padStart(16, '0')}`;
    }
    case 'bgp-ls':
      return `bgp-ls ${bgpLsAttributeText(valueOctets(attribute), version)}`;
    case 'prefix-sid':
      return `bgp-prefix-sid ${prefixSidText(valueOctets(attribute))}`;
    case 'tunnel-encapsulation':
      if (version !== 6) break;
      return `tunnel-encap ${tunnelEncapsulationText(valueOctets(attribute))}`;
    default:
      break;
  }
  const octet = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');
  return `attribute [ 0x${octet(attributeCode(attribute))} 0x${octet(attribute.flags)} ${hexText(valueOctets(attribute))} ]`;
}

const BRACKETS: Readonly<Record<AsPathSegment['type'], readonly [string, string]>> = {
  sequence: ['(', ')'],
  set: ['[', ']'],
  'confed-sequence': ['{(', ')}'],
  'confed-set': ['{[', ']}'],
};

function segmentText({ type, asns }: AsPathSegment, version: ApiVersion): string {
  const swapped = version === 4 && (type === 'sequence' || type === 'set');
  const [open, close] = swapped ? BRACKETS[type === 'set' ? 'sequence' : 'set'] : BRACKETS[type];
  return `${open} ${asns.join(' ')} ${close}`;
}
