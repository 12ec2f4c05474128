/**
 * The text of an UPDATE after the word `update`: withdrawn routes, routes, attributes, End-of-RIB, and the verdict on the message.
 *
 *     withdrawn { 198.51.100.0/24 path-id 7 } nlri { 192.0.2.0/24 } attributes { ORIGIN igp; AS_PATH 65001 } fault withdraw 3/3 "no next hop"
 */
import { formatAttribute, parseAttribute } from '../attributes/attributes.ts';
import { fromHex, toHex } from '../bytes.ts';
import { AttributeFlag } from '../codes.ts';
import { formatFamily, IPV4_UNICAST } from '../family.ts';
import { Fault, type FaultAction, ValueError } from '../fault.ts';
import { endOfRib, type UpdateMessage } from '../messages/update.ts';
import type { IpPrefix } from '../nlri/ip-prefix.ts';
import { formatNlri, parseNlri } from '../nlri/nlri.ts';
import { parseNumber } from '../numbers.ts';
import { formatGroup, quote, unquote } from '../words.ts';
import { Words } from './words.ts';

const ALLOWED = 'withdrawn, nlri, attributes, end-of-rib or fault';

export function formatUpdate(message: UpdateMessage): string {
  const words: string[] = [];
  if (message.withdrawn.length > 0) words.push('withdrawn', formatGroup(message.withdrawn.map(formatNlri)));
  if (message.nlri.length > 0) words.push('nlri', formatGroup(message.nlri.map(formatNlri)));
  if (message.attributes.length > 0 && !saysByItself(message))
    words.push('attributes', formatGroup(message.attributes.map(formatAttribute)));
  if (message.endOfRib !== undefined) words.push('end-of-rib', formatFamily(message.endOfRib));
  if (message.fault !== undefined) words.push('fault', formatFault(message.fault));
  return words.join(' ');
}

/** The text of an End-of-RIB has only its family: `endOfRib` gives the attributes. */
function saysByItself({ attributes, endOfRib: family }: UpdateMessage): boolean {
  return family !== undefined && family !== IPV4_UNICAST && attributes[0]?.flags === AttributeFlag.Optional;
}

/** Throws ValueError. */
export function parseUpdate(text: string): UpdateMessage {
  const words = new Words(text);
  const message: UpdateMessage = { type: 'update', withdrawn: [], attributes: [], nlri: [] };
  while (words.more()) {
    const key = words.next(ALLOWED);
    if (key === 'withdrawn') message.withdrawn = message.withdrawn.concat(words.group().map(parsePrefix));
    else if (key === 'nlri') message.nlri = message.nlri.concat(words.group().map(parsePrefix));
    else if (key === 'attributes') message.attributes = message.attributes.concat(words.group().map((item) => parseAttribute(item)));
    else if (key === 'end-of-rib') message.endOfRib = words.family();
    else if (key === 'fault') message.fault = parseFaultWords(words);
    else throw new ValueError(`found "${key}", allowed is ${ALLOWED}`);
  }
  if (message.endOfRib !== undefined && message.attributes.length === 0) message.attributes = endOfRib(message.endOfRib).attributes;
  return message;
}

function parsePrefix(text: string): IpPrefix {
  return parseNlri(text, IPV4_UNICAST) as IpPrefix;
}

/** `withdraw 3/3 "mandatory attribute 3 is missing" data 03`: the answer, the NOTIFICATION's code and subcode, the reason, its data. */
export function formatFault(fault: Fault): string {
  const text = `${fault.action} ${fault.code}/${fault.subcode} ${quote(fault.reason)}`;
  return fault.data.length === 0 ? text : `${text} data ${toHex(fault.data)}`;
}

/** Throws ValueError. */
export function parseFault(text: string): Fault {
  const words = new Words(text);
  const fault = parseFaultWords(words);
  words.end('nothing more');
  return fault;
}

const ACTIONS: readonly FaultAction[] = ['reset', 'disable', 'withdraw', 'discard'];

function parseFaultWords(words: Words): Fault {
  const word = words.next(ACTIONS.join(', '));
  const action = ACTIONS.find((item) => item === word);
  if (action === undefined) throw new ValueError(`found "${word}", allowed is ${ACTIONS.join(', ')}`);
  const [code, subcode, ...more] = words.next('code and subcode, e.g. "3/9"').split('/');
  if (more.length > 0) throw new ValueError(`found "${[code, subcode, ...more].join('/')}", allowed are code and subcode, e.g. "3/9"`);
  const reason = unquote(words.next('a reason in quotes'));
  const data = words.take('data') ? dataOf(words.next('octets, e.g. "0a0b"')) : undefined;
  return new Fault(action, parseNumber(code, 0xff, 'code'), parseNumber(subcode, 0xff, 'subcode'), reason, data);
}

function dataOf(word: string): Uint8Array {
  if (!/^([0-9a-fA-F]{2})+$/.test(word)) throw new ValueError(`found "${word}", allowed are octets, e.g. "0a0b"`);
  return fromHex(word);
}
