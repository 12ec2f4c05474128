/** Events as lines of ExaBGP's JSON, with its exact spacing and order of members. */
import { HEADER_LENGTH, operationalName } from '@tsbgp/wire';
import { afiName, familyName, safiName } from '../text/families.ts';
import { type ApiVersion, JSON_VERSIONS } from './api-version.ts';
import { hexText } from './attribute-octets.ts';
import type { EventFrame, EventNeighbor, ExaEvent, MessageContent, NegotiatedView } from './event.ts';
import { notificationView } from './notification-view.ts';
import { openJson } from './open-json.ts';
import { updateJson } from './update-json.ts';

export interface JsonOptions {
  readonly version: ApiVersion;
  readonly compact: boolean;
}

/** A line without its end. `counter` counts the events of the neighbor. */
export function jsonEvent(event: ExaEvent, neighbor: EventNeighbor, counter: number, frame: EventFrame, options: JsonOptions): string {
  const { version } = options;
  const type = event.type === 'message' ? event.content.type : event.type === 'packet' ? packetType(event.octets[18]!) : event.type;
  const octets =
    event.type === 'message' && event.octets !== undefined
      ? `"header": "${hexText(event.octets.subarray(0, HEADER_LENGTH))}", ${bodyMember(event.octets)}`
      : '';
  const routerId = version === 4 ? '' : `, "router-id": "${neighbor.routerId}"`;
  const addresses = `"address": { "local": "${neighbor.localAddress}", "peer": "${neighbor.peerAddress}" }`;
  const asns = `"asn": { "local": ${neighbor.localAs}, "peer": ${neighbor.peerAs} }`;
  return `{ ${frameText(frame, version)}, "counter": ${counter}, "type": "${type}", ${octets}"neighbor": { ${addresses}, ${asns}${routerId} , ${contentOf(event, options)} } }`;
}

function frameText({ time, host, pid, ppid }: EventFrame, version: ApiVersion): string {
  return `"exabgp": "${JSON_VERSIONS[version]}", "time": ${time}, "host" : ${JSON.stringify(host)}, "pid" : ${pid}, "ppid" : ${ppid}`;
}

/** The last line that a process gets. */
export function shutdownJson(frame: EventFrame, version: ApiVersion): string {
  return `{ ${frameText(frame, version)}, "type": "notification", "notification": "shutdown" }`;
}

/** A KEEPALIVE has no body. */
function bodyMember(octets: Uint8Array): string {
  return octets.length > HEADER_LENGTH ? `"body": "${hexText(octets.subarray(HEADER_LENGTH))}", ` : '';
}

const PACKET_TYPES = ['', 'open', 'update', 'notification', 'keepalive', 'refresh', 'operational'];

function packetType(type: number): string {
  return PACKET_TYPES[type] ?? `unknown-${type}`;
}

function contentOf(event: ExaEvent, options: JsonOptions): string {
  switch (event.type) {
    case 'state':
      return `"state": "${event.state}"${event.reason === undefined ? '' : `, "reason": ${JSON.stringify(reasonText(event.reason))}`}`;
    case 'fsm':
      return `"state": "${event.state}"`;
    case 'signal':
      return `"code": "${event.code}", "name": "${event.name}"`;
    case 'negotiated':
      return `${negotiatedJson(event.negotiated)} `;
    case 'message':
      return `"direction": "${event.direction}"${messageJson(event.content, options)}${negotiatedSuffix(event.content.type, event.negotiated)}`;
    case 'packet': {
      const { octets, direction, negotiated } = event;
      const message = `{ "category": ${octets[18]}, "header": "${hexText(octets.subarray(0, HEADER_LENGTH))}", "body": "${hexText(octets.subarray(HEADER_LENGTH))}" }`;
      return `"direction": "${direction}", "message": ${message} ${negotiated === undefined ? '' : `, ${negotiatedJson(negotiated)} `}`;
    }
  }
}

/** In JSON the brackets of a reason are parentheses. */
function reasonText(reason: string): string {
  return reason.replaceAll('[', '(').replaceAll(']', ')');
}

function negotiatedSuffix(type: MessageContent['type'], negotiated: NegotiatedView | undefined): string {
  return type === 'update' && negotiated !== undefined ? `, ${negotiatedJson(negotiated)} ` : '';
}

function messageJson(content: MessageContent, options: JsonOptions): string {
  switch (content.type) {
    case 'keepalive':
      return ' ';
    case 'open':
      return `, "open": ${openJson(content.open, options.version)}`;
    case 'update':
      return `, "message": ${updateJson(content.update, options)}`;
    case 'notification': {
      const { code, subcode } = content.notification;
      const { data, message } = notificationView(content.notification);
      const text = options.version === 4 ? '' : `, "message": ${JSON.stringify(message)}`;
      return `, "notification": { "code": ${code}, "subcode": ${subcode}, "data": "${hexText(data)}"${text} } `;
    }
    case 'refresh': {
      const { family, subtype } = content.refresh;
      return `, "route-refresh": { "afi": "${afiName(family)}", "safi": "${safiName(family)}", "subtype": "${refreshName(subtype)}" }`;
    }
    case 'operational': {
      const { code, advisory, counter } = content.operational;
      const family = advisory?.family ?? counter?.family;
      const members = [`"name": "${operationalName(code)}"`];
      if (family !== undefined) members.push(`"afi": "${afiName(family)}"`, `"safi": "${safiName(family)}"`);
      if (advisory !== undefined) members.push(`"advisory": ${JSON.stringify(advisory.text)}`);
      if (counter !== undefined) members.push(`"router-id": "${counter.routerId}"`, `"sequence": ${counter.sequence}`);
      if (counter?.count !== undefined) members.push(`"counter": ${counter.count}`);
      return `, "operational": { ${members.join(', ')} }`;
    }
  }
}

const REFRESH_NAMES = ['query', 'begin', 'end'];

export function refreshName(subtype: number): string {
  return REFRESH_NAMES[subtype] ?? 'invalid';
}

function negotiatedJson(view: NegotiatedView): string {
  const quoted = (texts: readonly string[]): string => `[${texts.map((text) => `"${text}"`).join(', ')}]`;
  const names = (families: readonly EventFamily[]): string => quoted(families.map((family) => familyName(family)));
  const hops = view.nextHops.map(({ family, nextHopAfi }) => `${familyName(family)} ${nextHopAfi === 2 ? 'ipv6' : 'ipv4'}`);
  const flags = `"asn4": ${view.asn4}, "multisession": ${view.multisession}, "operational": ${view.operational}`;
  const addPath = `{"send": ${names(view.addPathSend)}, "receive": ${names(view.addPathReceive)}}`;
  return `"negotiated": { "message_size": ${view.messageSize}, "hold_time": ${view.holdTimeSeconds}, ${flags}, "refresh": "${view.refresh}", "families": ${names(view.families)}, "nexthop": ${quoted(hops)}, "add_path": ${addPath} }`;
}

type EventFamily = NegotiatedView['families'][number];
