/** Events as ExaBGP's text encoder writes them: lines that end with "\n"; the writer adds an empty one. */
import { HEADER_LENGTH, operationalName } from '@tsbgp/wire';
import { afiName, familyName, safiName } from '../text/families.ts';
import type { ApiVersion } from './api-version.ts';
import { hexText, rawHex } from './attribute-octets.ts';
import { attributesText } from './attribute-text.ts';
import type { EventNeighbor, ExaEvent, MessageContent } from './event.ts';
import { refreshName } from './json-events.ts';
import { routeText, withdrawnText } from './nlri-text.ts';
import { notificationView } from './notification-view.ts';
import { openText } from './open-json.ts';
import type { UpdateView } from './update-view.ts';

/** Undefined: the text encoder has no form of the event. */
export function textEvent(event: ExaEvent, neighbor: EventNeighbor, version: ApiVersion): string | undefined {
  const head = `neighbor ${neighbor.peerAddress}`;
  switch (event.type) {
    case 'state':
      return `${head} ${event.state}${event.reason === undefined ? '' : ` - ${event.reason}`}\n`;
    case 'message': {
      const raw = event.octets === undefined ? '' : rawText(event.octets);
      if (event.content.type === 'update') return updateText(`${head} ${event.direction} update`, event.content.update, raw, version);
      return `${head} ${event.direction} ${messageText(event.content, version)}${raw}\n`;
    }
    case 'packet':
      return `${head} ${event.direction} ${event.octets[18]}${rawText(event.octets)}\n`;
    default:
      return undefined;
  }
}

/** ` header 0x… body 0x…` */
function rawText(octets: Uint8Array): string {
  const body = octets.length > HEADER_LENGTH ? ` body ${hexText(octets.subarray(HEADER_LENGTH))}` : '';
  return ` header ${hexText(octets.subarray(0, HEADER_LENGTH))}${body}`;
}

function messageText(content: Exclude<MessageContent, { type: 'update' }>, version: ApiVersion): string {
  switch (content.type) {
    case 'keepalive':
      return 'keepalive';
    case 'open':
      return `open ${openText(content.open, version)}`;
    case 'notification': {
      const { code, subcode } = content.notification;
      return `notification code ${code} subcode ${subcode} data 0x${rawHex(notificationView(content.notification).data)}`;
    }
    case 'refresh': {
      const { family, subtype } = content.refresh;
      return `route-refresh afi ${afiName(family)} safi ${safiName(family)} ${refreshName(subtype)}`;
    }
    case 'operational': {
      const { code, advisory, counter } = content.operational;
      const family = advisory?.family ?? counter?.family;
      let text = `operational ${operationalName(code)}`;
      if (family !== undefined) text += ` afi ${afiName(family)} safi ${safiName(family)}`;
      if (advisory !== undefined) text += ` advisory ${JSON.stringify(advisory.text)}`;
      if (counter !== undefined) text += ` router-id ${counter.routerId} sequence ${counter.sequence}`;
      if (counter?.count !== undefined) text += ` counter ${counter.count}`;
      return text;
    }
  }
}

function updateText(head: string, view: UpdateView, raw: string, version: ApiVersion): string {
  let lines = `${head} start\n`;
  if (view.endOfRib !== undefined) {
    const family = view.endOfRib;
    lines += `${head} route eor ${family >>> 8}/${family & 0xff} (${familyName(family)})\n`;
  }
  for (const { nlri } of view.isWithdrawal ? [...view.withdrawn, ...view.announced] : view.withdrawn) {
    for (const route of nlri) lines += `${head} withdrawn ${withdrawnText(route, version)}\n`;
  }
  const attributes = attributesText(view.attributes, version);
  for (const { nextHop, nlri } of view.isWithdrawal ? [] : view.announced) {
    for (const route of nlri) lines += `${head} announced ${routeText(route, nextHop, version)}${attributes}\n`;
  }
  if (raw !== '') lines += `${raw}\n`;
  return `${lines}${head} end\n`;
}
