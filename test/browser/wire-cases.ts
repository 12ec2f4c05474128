/** Cases for @tsbgp/wire that run in Node and in a browser. The results are values that JSON can hold. */
import {
  DEFAULT_CONTEXT,
  decodeExtendedCommunity,
  decodeMessage,
  encodeMessage,
  Fault,
  familyCodec,
  formatMessage,
  formatNotification,
  fromHex,
  makeFamily,
  messageFromJson,
  negotiate,
  notificationOf,
  openAs,
  parseCapability,
  parseExtendedCommunity,
  parseMessage,
  shutdownMessage,
  toHex,
  toJson,
  ValueError,
  type WireContext,
} from '@tsbgp/wire';
import { UpdateScan } from '@tsbgp/wire/scan';

const CONTEXT: WireContext = { ...DEFAULT_CONTEXT, peerType: 'ibgp', extendedMessage: true, addPath: new Set([makeFamily(1, 1)]) };

/** Messages as text: an OPEN, UPDATEs of several families, NOTIFICATIONs with text that is not ASCII, and others. */
const MESSAGES: readonly string[] = [
  'open as 23456 hold-time 90 bgp-identifier 192.0.2.1 capabilities { multiprotocol ipv4-unicast; four-octet-as 4200000000; add-path ipv4-unicast:both; fqdn "r1" "example.org"; graceful-restart 120 }',
  'update nlri { 192.0.2.0/24 path-id 1; 198.51.100.0/24 path-id 2 } attributes { ORIGIN igp; AS_PATH 65001 4200000000; NEXT_HOP 192.0.2.1; COMMUNITIES 65001:1 no-export; LARGE_COMMUNITIES 65001:1:2; EXTENDED_COMMUNITIES rt:65001:100 }',
  'update attributes { ORIGIN igp; AS_PATH 65001; MP_REACH_NLRI ipv6-unicast next-hop 2001:db8::1 nlri { 2001:db8:1::/48; 2001:db8:2::/64 } }',
  'update attributes { ORIGIN igp; AS_PATH 65001; MP_REACH_NLRI ipv4-mpls-vpn next-hop 192.0.2.1 nlri { 65001:1 192.0.2.0/24 labels 16 } }',
  'update attributes { ORIGIN igp; AS_PATH 65001; MP_REACH_NLRI ipv4-flowspec nlri { destination-prefix 192.0.2.0/24 ip-protocol =17 destination-port >=1&<=1023 } }',
  'update attributes { MP_UNREACH_NLRI bgp-ls nlri { node protocol 2 identifier 0 descriptors [local-node [igp-router-id 0000.0000.0001]] } }',
  'update attributes { ORIGIN igp; AS_PATH 65001; MP_REACH_NLRI ipv6-sr-policy next-hop 2001:db8::1 nlri { distinguisher 1 color 100 endpoint 2001:db8::9 } }',
  'update end-of-rib ipv6-unicast',
  'notification 6/2 Cease, Administrative Shutdown: "Wartung, 保守"',
  'notification 3/1: data 4001',
  'keepalive',
  'route-refresh ipv4-unicast begin',
];

/** Malformed octets, each with a different fault. */
const WRONG: readonly string[] = [
  `${'00'.repeat(16)}001304`,
  `${'ff'.repeat(16)}001303`,
  `${'ff'.repeat(16)}001d01 05 fde9 005a c0000201 00`,
  `${'ff'.repeat(16)}002302 0000 000c 40010109 400200 400304c000`,
];

export function results(): unknown {
  return { written: MESSAGES.map(there), wrong: WRONG.map(wrong), pieces: pieces() };
}

/** From text to value to octets, and back to value, text and JSON. */
function there(text: string): unknown {
  const octets = encodeMessage(parseMessage(text), CONTEXT);
  const message = decodeMessage(octets, 0, octets.length, CONTEXT);
  if (message instanceof Fault) return { fault: toJson(message) };
  const json = JSON.stringify(toJson(message));
  const again = encodeMessage(messageFromJson(JSON.parse(json)), CONTEXT);
  const shutdown = message.type === 'notification' ? (shutdownMessage(message) ?? null) : null;
  return { octets: toHex(octets), text: formatMessage(message), json, same: toHex(again) === toHex(octets), shutdown };
}

function wrong(hex: string): unknown {
  const bytes = fromHex(hex);
  const got = decodeMessage(bytes, 0, bytes.length, CONTEXT);
  return got instanceof Fault ? [got.action, formatNotification(notificationOf(got))] : formatMessage(got);
}

function pieces(): unknown {
  const open = parseMessage(MESSAGES[0]!);
  if (open.type !== 'open') throw new Error('the first is an OPEN');
  const local = ['multiprotocol ipv4-unicast', 'four-octet-as 65001', 'add-path ipv4-unicast:both'].map(parseCapability);
  const body = fromHex('0000 0004 40010100 18c00002');
  const scan = new UpdateScan();
  let refused = '';
  try {
    familyCodec(makeFamily(1, 133))!.parse('destination-port many', makeFamily(1, 133));
  } catch (error) {
    refused = error instanceof ValueError ? `${error.name}: ${error.message}` : `not a ValueError: ${String(error)}`;
  }
  return {
    negotiated: toJson(negotiate(local, open.capabilities, { localAs: 65001, remoteAs: openAs(open) })),
    scanned: [scan.scan(body, 0, body.length) === undefined, scan.attributesStart, scan.nlriStart, scan.nlriEnd],
    community: toJson(decodeExtendedCommunity(parseExtendedCommunity('color:0:100'))),
    refused,
  };
}
