import { encodeCapability, Fault, familyCodec, formatCapability, formatNotification, fromHex, decodeOpenBody, negotiate, notification,
  notificationOf, openAs, parseCapability, parseFamily, shutdownMessageData, toHex } from '@tsbgp/wire';

// An OPEN without its header: AS 23456 in the field, the real one in the capability.
const body = fromHex('04 5ba0 005a c0000201 0e 020c 4104 fa56ea00 0104 0001 0001');
const open = decodeOpenBody(body, 0, body.length);
if (open instanceof Fault) throw new Error(formatNotification(notificationOf(open)));
console.log(openAs(open), open.capabilities.map(formatCapability)); // 4200000000 [ 'four-octet-as 4200000000', 'multiprotocol ipv4-unicast' ]

// What both sides agree on, and how to read and write from now on.
const local = ['multiprotocol ipv4-unicast', 'four-octet-as 65001', 'add-path ipv4-unicast:both'].map(parseCapability);
const { receive } = negotiate(local, open.capabilities, { localAs: 65001, remoteAs: openAs(open) });
console.log(receive.fourOctetAs, receive.peerType, toHex(encodeCapability(local[2]!))); // true ebgp 450400010103

// Any family: text to value to octets and back.
const flowspec = parseFamily('ipv4-flowspec')!;
const rule = familyCodec(flowspec)!.parse('destination-prefix 192.0.2.0/24 ip-protocol =17 destination-port >=1&<=1023', flowspec);
console.log(familyCodec(flowspec)!.format(rule)); // destination-prefix 192.0.2.0/24 ip-protocol =17 destination-port >=1&<=1023

console.log(formatNotification(notification(6, 2, shutdownMessageData('maintenance')))); // 6/2 Cease, Administrative Shutdown: "maintenance"

export {};
