/** NLRI in ExaBGP's JSON, with its exact spacing. */
import { type EvpnNlri, formatIpv4, type McastVpnNlri, type MupNlri, readU16, readU32, Safi, safiOf } from '@tsbgp/wire';
import type { ApiVersion } from './api-version.ts';
import { rawHex } from './attribute-octets.ts';
import { bgpLsNlriJson } from './bgp-ls-nlri-json.ts';
import { flowComponent, flowText, labelFields, pathIdText } from './nlri-text.ts';
import type { NlriView } from './update-view.ts';

export interface NlriJsonOptions {
  readonly version: ApiVersion;
  /** Plain prefixes as a string. */
  readonly compact: boolean;
}

/** `nextHop` is undefined for a withdrawn route. */
export function nlriJson(view: NlriView, nextHop: string | undefined, options: NlriJsonOptions): string {
  const { value } = view;
  const { version } = options;
  switch (value.type) {
    case 'ip-prefix':
      if (options.compact && view.pathId === undefined) return `"${value.prefix}"`;
      return `{ "nlri": "${value.prefix}"${pathJson(view)} }`;
    case 'labeled-unicast':
      return `{ "nlri": "${value.prefix}"${pathJson(view)}${labelsJson(view, version)} }`;
    case 'vpn':
      return `{ "nlri": "${value.prefix}"${pathJson(view)}${labelsJson(view, version)}, "rd": "${value.rd}" }`;
    case 'flowspec':
      return flowJson(view, nextHop, version);
    case 'vpls':
      if (value.veId === undefined) break;
      return `{ "rd": "${value.rd}", "endpoint": ${value.veId}, "base": ${value.labelBase}, "offset": ${value.veBlockOffset}, "size": ${value.veBlockSize} }`;
    case 'evpn':
      return evpnJson(value, view, version);
    case 'mcast-vpn':
      return mcastVpnJson(value, view);
    case 'mup':
      return mupJson(value, view);
    case 'sr-policy':
      return `{"distinguisher": ${value.distinguisher}, "color": ${value.color}, "endpoint": "${value.endpoint}"}`;
    case 'bgp-ls':
      return bgpLsNlriJson(value, view, nextHop, version);
    case 'route-target':
      return routeTargetJson(view);
    default:
      break;
  }
  const safi = safiOf(view.family);
  const code = safi === Safi.Evpn || safi === Safi.McastVpn ? `"code": ${view.octets[0]}, ` : '';
  return `{ ${code}"parsed": false, "raw": "${rawHex(view.octets)}" }`;
}

function pathJson({ pathId }: NlriView): string {
  return pathId === undefined ? '' : `, "path-information": "${pathIdText(pathId)}"`;
}

function labelsJson(view: NlriView, version: ApiVersion): string {
  const labels = labelFields(view).map((field) => (version === 6 ? `[${field >>> 4}, ${field}]` : `[${field >>> 4}]`));
  return labels.length === 0 ? '' : `, "label": [ ${labels.join(', ')} ]`;
}

function flowJson(view: NlriView, nextHop: string | undefined, version: ApiVersion): string {
  const { value } = view;
  if (value.type !== 'flowspec') return '{}';
  const members = value.components.map((component) => {
    const [name, values] = flowComponent(component, view);
    return `"${name}": [ ${values.map((item) => `"${item}"`).join(', ')} ]`;
  });
  if (value.rd !== undefined) members.push(`"rd": "${value.rd}"`);
  if (version !== 6 && nextHop !== undefined) members.push(`"next-hop": "${nextHop}"`);
  members.push(`"string": "${flowText(view, nextHop, version)}"`);
  return `{${version === 6 ? '' : ' '}${members.join(', ')} }`;
}

const EVPN_NAMES: Readonly<Record<string, string>> = {
  'ethernet-auto-discovery': 'Ethernet Auto-Discovery (A-D)',
  'mac-ip-advertisement': 'MAC/IP advertisement',
  'inclusive-multicast': 'Inclusive Multicast Ethernet Tag',
  'ethernet-segment': 'Ethernet Segment',
  'ip-prefix': 'IP Prefix Advertisement',
};

function evpnJson(value: EvpnNlri, { octets }: NlriView, version: ApiVersion): string {
  const head = (parsed: boolean): string => `"code": ${octets[0]}, "parsed": ${parsed}, "raw": "${rawHex(octets)}"`;
  const name = EVPN_NAMES[value.route];
  if (name === undefined || value.route === 'unknown') return `{ ${head(false)} }`;
  const members = [head(true), `"name": "${name}"`];
  if ('rd' in value) members.push(`"rd": "${value.rd}"`);
  if ('esi' in value) members.push(`"esi": "${esiText(value.esi)}"`);
  if ('ethernetTag' in value) members.push(`"ethernet-tag": ${value.ethernetTag}`);
  if (value.route === 'mac-ip-advertisement') {
    members.push(`"mac": "${value.mac.replaceAll('-', ':').toUpperCase()}"`, `"label": ${evpnLabels(value.labelFields, version)}`);
    if (value.ip !== undefined) members.push(`"ip": "${value.ip}"`);
  } else if (value.route === 'ethernet-auto-discovery') {
    members.push(`"label": ${evpnLabels([value.labelField], version)}`);
  } else if (value.route === 'inclusive-multicast' || value.route === 'ethernet-segment') {
    members.push(`"ip": "${value.originatingRouter}"`);
  } else if (value.route === 'ip-prefix') {
    const [ip = '', length = '0'] = value.prefix.split('/');
    members.push(
      `"label": ${evpnLabels([value.labelField], version)}`,
      `"ip": "${ip}"`,
      `"iplen": ${length}`,
      `"gateway": "${value.gateway}"`,
    );
  }
  return `{ ${members.join(', ')} }`;
}

function evpnLabels(fields: readonly number[], _version: ApiVersion): string {
  return `[ ${fields.map((field) => `[${field >>> 4}]`).join(', ')} ]`;
}

function esiText(esi: string): string {
  const digits = esi.replaceAll(/[^0-9a-fA-F]/g, '');
  return /^0*$/.test(digits) ? '-' : (digits.toLowerCase().match(/../g) ?? []).join(':');
}

const MCAST_VPN_NAMES: Readonly<Record<number, string>> = {
  5: 'Source Active A-D Route',
  6: 'C-Multicast Shared Tree Join route',
  7: 'C-Multicast Source Tree Join route',
};

function mcastVpnJson(value: McastVpnNlri, { octets }: NlriView): string {
  const name = MCAST_VPN_NAMES[octets[0]!];
  const raw = `"raw": "${rawHex(octets)}"`;
  if (name === undefined || !('source' in value)) return `{ "code": ${octets[0]}, "parsed": false, ${raw} }`;
  const sourceAs = 'sourceAs' in value ? `, "source-as": "${value.sourceAs}"` : '';
  const members = `"name": "${name}", "rd": "${value.rd}"${sourceAs}, "source": "${value.source}", "group": "${value.group}"`;
  return `{ "code": ${octets[0]}, "parsed": true, ${raw}, ${members}}`;
}

function mupJson(value: MupNlri, { octets }: NlriView): string {
  const code = readU16(octets, 1);
  const head = `"arch": ${octets[0]}, "code": ${code}`;
  const raw = `"raw": "${rawHex(octets)}"`;
  if (value.route === 'interwork-segment-discovery') {
    const [ip, length] = value.prefix.split('/');
    return `{ "name": "InterworkSegmentDiscoveryRoute", ${head}, "prefix_ip_len": ${length}, "prefix_ip": "${ip}", "rd": "${value.rd}", ${raw} }`;
  }
  if (value.route === 'direct-segment-discovery') {
    return `{ "name": "DirectSegmentDiscoveryRoute", ${head}, "ip": "${value.address}", "rd": "${value.rd}", ${raw} }`;
  }
  if (value.route === 'type-1-session-transformed') {
    const [ip, length] = value.prefix.split('/');
    const bits = (address: string): number => (address.includes(':') ? 128 : 32);
    const { source } = value;
    const sourceText =
      source === undefined ? `"source_ip_len": 0, "source_ip": "b''"` : `"source_ip_len": ${bits(source)}, "source_ip": "${source}"`;
    const session = `"teid": "${value.teid}", "qfi": "${value.qfi}", "rd": "${value.rd}"`;
    const endpoint = `"endpoint_ip_len": ${bits(value.endpoint)}, "endpoint_ip": "${value.endpoint}"`;
    return `{ "name": "Type1SessionTransformedRoute", ${head}, "prefix_ip_len": ${length}, "prefix_ip": "${ip}", ${session}, ${endpoint}, ${sourceText}, ${raw} }`;
  }
  if (value.route === 'type-2-session-transformed') {
    const { address } = value.endpoint;
    const length = octets[4 + 8]!;
    // ExaBGP reads the octets of the identifier as a number, whatever its length in bits.
    const at = 4 + 8 + 1 + (address.includes(':') ? 16 : 4);
    const teid = octets.subarray(at).reduce((sum, octet) => sum * 256 + octet, 0);
    return `{ "name": "Type2SessionTransformedRoute",  ${head}, "endpoint_len": ${length}, "endpoint_ip": "${address}", "rd": "${value.rd}", "teid": "${teid}", ${raw} }`;
  }
  return `{ ${head}, "parsed": false, ${raw} }`;
}

/** RFC 4684: origin AS, then eight octets of a route target. */
function routeTargetJson({ octets }: NlriView): string {
  if (octets.length < 13) return '{ "origin": 0, "route-target": null }';
  const target = octets.subarray(5);
  const text = target[0] === 1 ? `${formatIpv4(target, 2)}:${readU16(target, 6)}` : `${readU16(target, 2)}:${readU32(target, 4)}`;
  return `{ "origin": ${readU32(octets, 1)}, "route-target": "target:${text}" }`;
}
