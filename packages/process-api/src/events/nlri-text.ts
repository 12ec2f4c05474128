/** NLRI as ExaBGP's text encoder and its listings show them. */
import { type FlowSpecComponent, formatIpv4, readU24 } from '@tsbgp/wire';
import { afiName, safiName } from '../text/families.ts';
import { bitNames, FRAGMENTS, ICMP_CODES, ICMP_TYPES, nameOf, PROTOCOLS, TCP_FLAGS } from '../text/flow-names.ts';
import type { ApiVersion } from './api-version.ts';
import type { NlriView } from './update-view.ts';

/** The route with its next hop, in the order of the version. */
export function routeText(view: NlriView, nextHop: string | undefined, version: ApiVersion): string {
  const { value } = view;
  switch (value.type) {
    case 'ip-prefix':
      return `${value.prefix}${pathText(view)}${hopText(nextHop)}`;
    case 'labeled-unicast':
      return `${value.prefix}${pathText(view)}${labelText(view, version)}${hopText(nextHop)}`;
    case 'vpn': {
      const parts = [hopText(nextHop), ` rd ${value.rd}`];
      if (version === 6) parts.reverse();
      return `${value.prefix}${pathText(view)}${labelText(view, version)}${parts.join('')}`;
    }
    case 'flowspec':
      return flowText(view, nextHop, version) + (version === 6 ? ` next-hop ${nextHop ?? 'no-nexthop'}` : '');
    case 'vpls':
      if (value.veId === undefined) break;
      return `vpls rd ${value.rd} endpoint ${value.veId} base ${value.labelBase} offset ${value.veBlockOffset} size ${value.veBlockSize}${hopText(nextHop)}`;
    default:
      break;
  }
  return `afi ${afiName(view.family)} safi ${safiName(view.family)}${version === 6 ? hopText(nextHop) : ''}`;
}

/** The same of a withdrawn route. */
export function withdrawnText(view: NlriView, version: ApiVersion): string {
  if (view.value.type === 'flowspec') return flowText(view, undefined, version);
  return routeText(view, undefined, version);
}

/** An NLRI for `show adj-rib`. */
export function nlriText(view: NlriView, version: ApiVersion): string {
  return withdrawnText(view, version);
}

function hopText(nextHop: string | undefined): string {
  return nextHop === undefined ? '' : ` next-hop ${nextHop}`;
}

export function pathIdText(pathId: number): string {
  return formatIpv4(Uint8Array.of(pathId >>> 24, pathId >>> 16, pathId >>> 8, pathId), 0);
}

function pathText({ pathId }: NlriView): string {
  return pathId === undefined ? '' : ` path-information ${pathIdText(pathId)}`;
}

/** Label fields of 24 bits; the label is the upper 20. */
export function labelFields({ octets, value }: NlriView): number[] {
  const count = value.type === 'labeled-unicast' || value.type === 'vpn' ? (value.labels?.length ?? 0) : 0;
  return Array.from({ length: count }, (_, i) => readU24(octets, 1 + 3 * i));
}

function labelText(view: NlriView, version: ApiVersion): string {
  const labels = labelFields(view).map((field) => (version === 6 ? `${field >>> 4} (${field})` : String(field >>> 4)));
  if (labels.length === 0) return '';
  return labels.length === 1 ? ` label ${labels[0]}` : ` label [ ${labels.join(' ')} ]`;
}

/** `flow source-ipv4 10.0.0.1/32 protocol =tcp`; in 4 and 5 with the next hop at the end. */
export function flowText(view: NlriView, nextHop: string | undefined, version: ApiVersion): string {
  const { value } = view;
  if (value.type !== 'flowspec') return '';
  let text = 'flow';
  for (const component of value.components) {
    const [name, values] = flowComponent(component, view);
    text += ` ${name} ${values.length === 1 ? values[0] : `[ ${values.join(' ')} ]`}`;
  }
  if (value.rd !== undefined) text += ` rd ${value.rd}`;
  if (version !== 6 && nextHop !== undefined) text += ` next-hop ${nextHop}`;
  return text;
}

const IPV4_NAMES: Readonly<Record<string, string>> = { 'ip-protocol': 'protocol', dscp: 'dscp' };
const IPV6_NAMES: Readonly<Record<string, string>> = { 'ip-protocol': 'next-header', dscp: 'traffic-class' };
const VALUE_NAMES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'ip-protocol': PROTOCOLS,
  'icmp-type': ICMP_TYPES,
  'icmp-code': ICMP_CODES,
};
const COMPARISONS = ['false', '=', '>', '>=', '<', '<=', '!=', 'true'];
const MATCHES = ['', '=', '!', '!='];

/** The name of a component, and its alternatives. */
export function flowComponent(component: FlowSpecComponent, { family }: NlriView): [string, string[]] {
  const isIpv6 = afiName(family) === 'ipv6';
  if ('prefix' in component) {
    const name = `${component.name.replace('-prefix', '')}-${isIpv6 ? 'ipv6' : 'ipv4'}`;
    return [name, [isIpv6 ? `${component.prefix}/${component.offset ?? 0}` : component.prefix]];
  }
  if ('numbers' in component) {
    const names = VALUE_NAMES[component.name] ?? {};
    const words = component.numbers.map(({ and, lt, gt, eq, value }) => {
      const operator = COMPARISONS[(lt ? 4 : 0) | (gt ? 2 : 0) | (eq ? 1 : 0)]!;
      return [and, operator + (nameOf(names, Number(value)) ?? String(value))] as const;
    });
    return [(isIpv6 ? IPV6_NAMES : IPV4_NAMES)[component.name] ?? component.name, alternatives(words)];
  }
  if ('bits' in component) {
    const names = component.name === 'tcp-flags' ? TCP_FLAGS : FRAGMENTS;
    const words = component.bits.map(({ and, not, match, value }) => {
      const operator = MATCHES[(not ? 2 : 0) | (match ? 1 : 0)]!;
      return [and, operator + bitNames(names, Number(value))] as const;
    });
    return [component.name, alternatives(words)];
  }
  return [`undefined-${component.code}`, [`0x${Buffer.from(component.bytes).toString('hex').toUpperCase()}`]];
}

/** Joins by `&` what must match together. */
function alternatives(words: readonly (readonly [boolean, string])[]): string[] {
  const list: string[] = [];
  for (const [and, word] of words) {
    if (and && list.length > 0) list[list.length - 1] += `&${word}`;
    else list.push(word);
  }
  return list;
}
