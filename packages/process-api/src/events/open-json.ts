/** OPEN in ExaBGP's JSON and text. */
import { type Capability, encodeCapability, type Family, type OpenMessage } from '@tsbgp/wire';
import { familyName } from '../text/families.ts';
import type { ApiVersion } from './api-version.ts';
import { rawHex } from './attribute-octets.ts';

export function openJson(open: OpenMessage, version: ApiVersion): string {
  const capabilities = byCode(open).map(([code, list]) => `"${code}": { ${capabilityJson(code, list, version)} }`);
  const text = capabilities.length === 0 ? '{  }' : `{ ${capabilities.join(', ')} }`;
  return `{ "version": ${open.version}, "asn": ${open.as}, "hold_time": ${open.holdTimeSeconds}, "router_id": "${open.bgpIdentifier}", "capabilities": ${text} }`;
}

/** Capabilities of one code, in the order of the first of each. */
function byCode(open: OpenMessage): [number, Capability[]][] {
  const map = new Map<number, Capability[]>();
  for (const capability of open.capabilities) {
    const code = encodeCapability(capability)[0]!;
    const list = map.get(code);
    if (list === undefined) map.set(code, [capability]);
    else list.push(capability);
  }
  return [...map];
}

function slashed(family: Family): string {
  return familyName(family, '/');
}

function direction({ send, receive }: { send: boolean; receive: boolean }): string {
  return send && receive ? 'send/receive' : send ? 'send' : receive ? 'receive' : 'disabled';
}

function capabilityJson(code: number, list: readonly Capability[], version: ApiVersion): string {
  const last = list.at(-1)!;
  switch (last.type) {
    case 'multiprotocol': {
      const families = list.flatMap((each) => (each.type === 'multiprotocol' ? [`"${slashed(each.family)}"`] : []));
      return `"name": "multiprotocol", "families": [ ${families.join(', ')} ]`;
    }
    case 'route-refresh':
      return '"name": "route-refresh", "variant": "RFC"';
    case 'extended-next-hop': {
      const tuples = last.tuples.map(({ family, nextHopAfi }) => `"${slashed(family)}/${nextHopAfi === 2 ? 'ipv6' : 'ipv4'}"`);
      return `"name": "nexthop", "conversion": [ ${tuples.join(', ')} ]`;
    }
    case 'extended-message':
      return '"name": "extended-message", "size": 65535';
    case 'graceful-restart': {
      const families = last.families.map(({ family, forwarding }) => `"${slashed(family)}": [ ${forwarding ? '"restart"' : ''} ]`);
      const flags = last.restartState ? ['"forwarding"'] : [];
      const end = version === 4 ? '' : ' ';
      // ExaBGP prints the flags of the restart as "time".
      const time = last.restartState ? 8 : 0;
      return `"name": "graceful restart", "time": ${time}, "address-family-flags": { ${families.join(' , ')} }, "restart-flags": [ ${flags.join(', ')}${flags.length > 0 ? ' ' : ''}]${end}`;
    }
    case 'four-octet-as':
      return `"name": "asn4", "asn4": ${last.as}`;
    case 'add-path':
      return `"name": "addpath", ${last.families.map((each) => `"${slashed(each.family)}": "${direction(each)}"`).join(',')}`;
    case 'enhanced-route-refresh':
      return '"name": "enhanced-route-refresh"';
    case 'fqdn':
      if (version === 4) break;
      return `"host-name": ${JSON.stringify(last.hostname)}, "domain-name": ${JSON.stringify(last.domain)}`;
    case 'software-version':
      if (version === 4) break;
      return `"software": ${JSON.stringify(last.version)}`;
    case 'multisession':
      return '"name": "multisession", "variant": "RFC"';
    case 'link-local-next-hop':
      if (version !== 6) break;
      return '"name": "link-local-nexthop"';
    case 'paths-limit':
      if (version !== 6) break;
      return `"name": "paths-limit", ${last.families.map(({ family, limit }) => `"${slashed(family)}": ${limit}`).join(', ')}`;
    default:
      break;
  }
  if (code === 185) return '"name": "operational"';
  if (code === 128) return '"name": "route-refresh", "variant": "CISCO"';
  return `"name": "unknown", "iana": "${ianaName(code)}", "value": ${code}, "raw": "${rawHex(encodeCapability(last).subarray(2))}"`;
}

function ianaName(code: number): string {
  return code >= 128 ? 'reserved' : 'unassigned';
}

/** `version 4 asn 65001 hold_time 180 router_id 10.0.0.1 capabilities [multiprotocol(ipv4 unicast), asn4(65001)]` */
export function openText(open: OpenMessage, version: ApiVersion): string {
  const capabilities = byCode(open)
    .toSorted(([a], [b]) => a - b)
    .map(([code, list]) => capabilityText(code, list, version));
  return `version ${open.version} asn ${open.as} hold_time ${open.holdTimeSeconds} router_id ${open.bgpIdentifier} capabilities [${capabilities.join(', ')}]`;
}

function capabilityText(code: number, list: readonly Capability[], version: ApiVersion): string {
  const last = list.at(-1)!;
  switch (last.type) {
    case 'multiprotocol':
      return `multiprotocol(${list.flatMap((each) => (each.type === 'multiprotocol' ? [familyName(each.family)] : [])).join(',')})`;
    case 'route-refresh':
      return 'route refresh';
    case 'extended-next-hop':
      return `nexthop(${last.tuples.map(({ family, nextHopAfi }) => `${familyName(family)} ${nextHopAfi === 2 ? 'ipv6' : 'ipv4'}`).join(',')})`;
    case 'extended-message':
      return 'extended message(65535)';
    case 'graceful-restart': {
      const families = last.families.map(({ family, forwarding }) => `${slashed(family)}=0x${forwarding ? '80' : '0'}`);
      return `graceful restart flags 0x${last.restartState ? '8' : '0'} time ${last.restartTimeSeconds} ${families.join(' ')}`;
    }
    case 'four-octet-as':
      return `asn4(${last.as})`;
    case 'add-path':
      return `addpath(${last.families.map((each) => `${direction(each)} ${familyName(each.family)}`).join(',')})`;
    case 'enhanced-route-refresh':
      return 'enhanced route refresh';
    case 'fqdn':
      if (version === 4) break;
      return `hostname(${last.hostname} ${last.domain})`;
    case 'software-version':
      if (version === 4) break;
      return `software(${last.version.toLowerCase()})`;
    case 'multisession':
      return 'multisession';
    default:
      break;
  }
  return code === 185 ? 'operational' : code === 128 ? 'cisco route refresh' : `${ianaName(code)} ${code}`;
}
