import { decodeMessage, DEFAULT_CONTEXT, encodeMessage, Fault, findAttribute, formatMessage, fromHex, messageFromJson, parseMessage, toHex,
  toJson } from '@tsbgp/wire';

// An UPDATE, whole: its values, its text, its JSON, and back.
const octets = fromHex('ffffffffffffffffffffffffffffffff 0033 02 0000 0018 40010100 40020a 0202 0000fde9 0000fdea 400304 c0000201 18 c00002');
const update = decodeMessage(octets, 0, octets.length, DEFAULT_CONTEXT);
if (update instanceof Fault || update.type !== 'update') throw new Error('not an UPDATE');
console.log(update.nlri[0]!.prefix, findAttribute(update.attributes, 'as-path')!.value); // 192.0.2.0/24 [ { type: 'sequence', asns: [ 65001, 65002 ] } ]
console.log(formatMessage(update)); // update nlri { 192.0.2.0/24 } attributes { ORIGIN igp; AS_PATH 65001 65002; NEXT_HOP 192.0.2.1 }
console.log(JSON.stringify(toJson(update.nlri))); // [{"type":"ip-prefix","family":"ipv4-unicast","prefix":"192.0.2.0/24"}]

const again = messageFromJson(JSON.parse(JSON.stringify(toJson(update))));
console.log(toHex(encodeMessage(again, DEFAULT_CONTEXT)) === toHex(octets)); // true

// What a person types. What RFC 7606 says of an UPDATE is in `fault`: the routes of this one are to be treated as withdrawn.
const typed = encodeMessage(parseMessage('update nlri { 192.0.2.0/24 } attributes { ORIGIN igp; AS_PATH 65001 }'), DEFAULT_CONTEXT);
const got = decodeMessage(typed, 0, typed.length, DEFAULT_CONTEXT);
console.log(got instanceof Fault || got.type !== 'update' ? '' : got.fault?.reason); // mandatory attribute 3 is missing

export {};
