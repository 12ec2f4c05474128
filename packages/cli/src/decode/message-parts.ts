/** Parts of messages. Each is completed to a message or an attribute, which the codecs of wire can read. */
import {
  afiOf,
  decodeAttributes,
  type Family,
  Fault,
  HEADER_LENGTH,
  IPV4_UNICAST,
  MessageType,
  messageType,
  type Nlri,
  type PathAttribute,
  safiOf,
  type WireContext,
  writeHeader,
} from '@tsbgp/wire';
import { UpdateScan } from '@tsbgp/wire/scan';
import { usageError } from '../exit-code.ts';

const TYPES = {
  open: MessageType.Open,
  update: MessageType.Update,
  notification: MessageType.Notification,
  'route-refresh': MessageType.RouteRefresh,
  operational: MessageType.Operational,
} as const;

export const MESSAGE_BODIES = ['open', 'update', 'notification', 'route-refresh', 'operational'] as const;

export function isMessageBody(what: string): what is (typeof MESSAGE_BODIES)[number] {
  return Object.hasOwn(TYPES, what);
}

/** A message of the type with `body` after its header. */
export function frameBody(type: (typeof MESSAGE_BODIES)[number], body: Uint8Array): Uint8Array {
  const message = new Uint8Array(HEADER_LENGTH + body.length);
  if (message.length > 0xffff) throw usageError(`a body of ${body.length} octets, allowed are ${0xffff - HEADER_LENGTH}`);
  writeHeader(message, 0, message.length, TYPES[type]);
  message.set(body, HEADER_LENGTH);
  return message;
}

/** The parts of an UPDATE that cannot be read as a whole. Each part is read alone. */
export interface UpdateParts {
  readonly withdrawn: readonly Nlri[] | Fault;
  readonly attributes: readonly PathAttribute[];
  readonly nlri: readonly Nlri[] | Fault;
}

/** Undefined for other messages, and for an UPDATE whose lengths do not fit. */
export function updateParts(message: Uint8Array, context: WireContext): UpdateParts | undefined {
  const scan = new UpdateScan();
  if (messageType(message, 0) !== MessageType.Update || scan.scan(message, HEADER_LENGTH, message.length) !== undefined) return undefined;
  const field = (start: number, end: number): readonly Nlri[] | Fault =>
    decodeNlriField(message.subarray(start, end), IPV4_UNICAST, context);
  return {
    withdrawn: field(scan.withdrawnStart, scan.withdrawnEnd),
    attributes: decodeAttributes(message, scan.attributesStart, scan.attributesEnd, context).attributes,
    nlri: field(scan.nlriStart, scan.nlriEnd),
  };
}

/** The NLRI of one family, encoded as in MP_UNREACH_NLRI; or the fault for which they cannot be told apart. */
export function decodeNlriField(nlri: Uint8Array, family: Family, context: WireContext): readonly Nlri[] | Fault {
  const length = 3 + nlri.length;
  if (length > 0xffff) throw usageError(`NLRI of ${nlri.length} octets, allowed are ${0xffff - 3}`);
  const afi = afiOf(family);
  const block = new Uint8Array(4 + length);
  block.set([0x90, 15, length >>> 8, length, afi >>> 8, afi, safiOf(family)]);
  block.set(nlri, 7);
  const { attributes, fault } = decodeAttributes(block, 0, block.length, context);
  const [unreach] = attributes;
  if (fault !== undefined || unreach?.type !== 'mp-unreach-nlri') return fault ?? new Fault('withdraw', 3, 9, 'the NLRI cannot be read');
  return unreach.value.nlri;
}
