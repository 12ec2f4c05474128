/** Path attributes as members of ExaBGP's JSON, with its exact spacing. */
import { type AsPathSegment, aigpMetric, attributeCode, type PathAttribute } from '@tsbgp/wire';
import type { ApiVersion } from './api-version.ts';
import { hexText, valueOctets } from './attribute-octets.ts';
import { bgpLsAttributeJson } from './bgp-ls-attribute-json.ts';
import { knownCommunity, knownIpv6Community } from './extended-community-text.ts';
import { prefixSidJson } from './prefix-sid-json.ts';
import { tunnelEncapsulationJson } from './tunnel-encapsulation-json.ts';

/** `"origin": "igp", "local-preference": 100` */
export function attributesJson(attributes: readonly PathAttribute[], version: ApiVersion): string {
  return attributes
    .map((attribute) => memberOf(attribute, version))
    .filter((member) => member !== '')
    .join(', ');
}

function memberOf(attribute: PathAttribute, version: ApiVersion): string {
  switch (attribute.type) {
    case 'origin':
      return `"origin": "${attribute.value}"`;
    case 'as-path':
      return asPathJson(attribute.value, version);
    case 'multi-exit-disc':
      return `"med": ${attribute.value}`;
    case 'local-pref':
      return `"local-preference": ${attribute.value}`;
    case 'atomic-aggregate':
      return '"atomic-aggregate": true';
    case 'aggregator':
      return `"aggregator": "${attribute.value.as}:${attribute.value.address}"`;
    case 'communities':
      return `"community": ${listJson(attribute.value.map((value) => `[ ${value >>> 16}, ${value & 0xffff} ]`))}`;
    case 'originator-id':
      return `"originator-id": "${attribute.value}"`;
    case 'cluster-list':
      return `"cluster-list": ${listJson(attribute.value.map((value) => `"${value}"`))}`;
    case 'extended-communities':
      return `"extended-community": ${listJson(attribute.value.map((bytes) => extendedJson(bytes, version)))}`;
    case 'ipv6-extended-communities':
      if (version === 4) break;
      return `"extended-community-ipv6": ${listJson(attribute.value.map(ipv6ExtendedJson))}`;
    case 'large-communities':
      return `"large-community": ${listJson(attribute.value.map(({ globalAdministrator, localData1, localData2 }) => `[ ${globalAdministrator}, ${localData1} , ${localData2} ]`))}`;
    case 'pmsi-tunnel':
      return `"pmsi": ${JSON.stringify(pmsiText(attribute.value))}`;
    case 'aigp': {
      const metric = aigpMetric(attribute.value);
      if (metric === undefined) break;
      return `"aigp": "0x${metric.toString(16).toUpperCase().padStart(16, '0')}"`;
    }
    case 'bgp-ls':
      return `"bgp-ls": ${bgpLsAttributeJson(valueOctets(attribute), version)}`;
    case 'prefix-sid':
      return `"bgp-prefix-sid": ${prefixSidJson(valueOctets(attribute))}`;
    case 'tunnel-encapsulation':
      if (version !== 6) break;
      return `"tunnel-encap": ${tunnelEncapsulationJson(valueOctets(attribute))}`;
    default:
      break;
  }
  const code = attributeCode(attribute);
  return `"attribute-0x${hexOctet(code)}-0x${hexOctet(attribute.flags)}": "${hexText(valueOctets(attribute))}"`;
}

function hexOctet(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}

export function listJson(items: readonly string[]): string {
  return items.length === 0 ? '[  ]' : `[ ${items.join(', ')} ]`;
}

const ELEMENTS: Readonly<Record<AsPathSegment['type'], string>> = {
  sequence: 'as-sequence',
  set: 'as-set',
  'confed-sequence': 'as-confed-sequence',
  'confed-set': 'as-confed-set',
};

function asPathJson(segments: readonly AsPathSegment[], version: ApiVersion): string {
  if (segments.length === 0) return '';
  if (version === 4) {
    const of = (wanted: (type: string) => boolean): number[] => segments.filter(({ type }) => wanted(type)).flatMap(({ asns }) => asns);
    const numbers = (list: readonly number[]): string => (list.length === 0 ? '[]' : `[ ${list.join(', ')} ]`);
    const sets = of((type) => type === 'set');
    const members = [`"as-path": ${numbers(of((type) => type === 'sequence'))}`];
    if (sets.length > 0) members.push(`"as-set": ${numbers(sets)}`);
    members.push(`"confederation-path": ${numbers(of((type) => type.startsWith('confed')))}`);
    return members.join(', ');
  }
  const items = segments.map(({ type, asns }, i) => {
    const element = version === 5 && type.startsWith('confed') ? ELEMENTS.sequence : ELEMENTS[type];
    return `"${i}": {"element": "${element}", "value": [${asns.join(', ')}]}`;
  });
  return `"as-path": {${items.join(', ')}}`;
}

function extendedJson(bytes: Uint8Array, version: ApiVersion): string {
  const text = knownCommunity(bytes, version) ?? '';
  const transitive = version === 6 && text.startsWith('interface-set') ? `, "transitive": ${(bytes[0]! & 0x40) === 0}` : '';
  return `{ "value": ${numberText(bytes)}, "string": ${JSON.stringify(text)}${transitive} }`;
}

function ipv6ExtendedJson(bytes: Uint8Array): string {
  return `{ "value": ${numberText(bytes)}, "string": ${JSON.stringify(knownIpv6Community(bytes) ?? '')} }`;
}

/** The octets as one number. */
function numberText(bytes: Uint8Array): string {
  return BigInt(hexText(bytes)).toString();
}

const TUNNELS: Readonly<Record<number, string>> = { 0: 'notunnel', 6: 'ingressreplication' };

export function pmsiText(value: { flags: number; tunnelType: number; labelField: number; identifier: Uint8Array }): string {
  const { flags, tunnelType, labelField, identifier } = value;
  const label = labelField === 0 ? '0' : `${labelField >>> 4}(${labelField})`;
  const isAddress = tunnelType === 6 && identifier.length === 4;
  const tunnel = tunnelType === 0 ? '-' : isAddress ? identifier.join('.') : hexText(identifier);
  return `pmsi:${TUNNELS[tunnelType] ?? `unknown-${tunnelType}`}:${flags}:${label}:${tunnel}`;
}
