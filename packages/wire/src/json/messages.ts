/** Messages and faults from JSON. */
import { formatFamily, IPV4_UNICAST } from '../family.ts';
import { Fault } from '../fault.ts';
import type { Message } from '../messages/message.ts';
import type { OperationalMessage } from '../messages/operational.ts';
import type { AddOrRemoveOrf, AddressPrefixOrf, Orf, OrfGroup, RemoveAllOrf } from '../messages/route-refresh-orf.ts';
import { canonicalPrefix, type IpPrefix } from '../nlri/ip-prefix.ts';
import { nlriFromJson } from '../nlri/json.ts';
import {
  BOOLEAN,
  FAMILY,
  type Form,
  IPV4,
  list,
  member,
  OCTETS,
  object,
  oneOf,
  optional,
  parsed,
  record,
  refuse,
  TEXT,
  tagged,
  U8,
  U16,
  U32,
  unsigned,
} from '../parts/json-form.ts';
import { attributeFromJson } from './attributes.ts';
import { capabilityFromJson } from './capabilities.ts';

type Of<Type extends Message['type']> = Extract<Message, { type: Type }>;

const NO_OCTETS = optional(OCTETS, () => new Uint8Array(0));

/** Outside attributes there is IPv4 unicast only (RFC 4271 §4.3). */
const IPV4_PREFIX: Form<IpPrefix> = (json, path) => {
  const nlri = nlriFromJson(json, path);
  if (nlri.type === 'ip-prefix' && nlri.family === IPV4_UNICAST) return nlri;
  return refuse(member(path, 'family'), formatFamily(nlri.family), '"ipv4-unicast"; other families go into MP_REACH_NLRI');
};

const FAULT: Form<Fault> = (json, path) => {
  const { action, code, subcode, reason, data } = object<Omit<Fault, never>>({
    action: oneOf('reset', 'disable', 'withdraw', 'discard'),
    code: U8,
    subcode: U8,
    reason: TEXT,
    data: NO_OCTETS,
  })(json, path);
  return new Fault(action, code, subcode, reason, data);
};

const REMOVE_ALL: Form<RemoveAllOrf> = object<RemoveAllOrf>({ action: oneOf('remove-all'), reserved: optional(unsigned(0x3f)) });

const ADD_OR_REMOVE: Form<AddOrRemoveOrf> = object<AddOrRemoveOrf>({
  action: oneOf('add', 'remove'),
  match: oneOf('permit', 'deny'),
  sequence: U32,
  minLength: U8,
  maxLength: U8,
  prefix: parsed(canonicalPrefix),
  reserved: optional(unsigned(0x1f)),
  trailingBits: optional(unsigned(0x7f)),
});

const PREFIX_ORF: Form<AddressPrefixOrf> = (json, path) =>
  record(json, path)['action'] === 'remove-all' ? REMOVE_ALL(json, path) : ADD_OR_REMOVE(json, path);

const ORF_GROUP: Form<OrfGroup> = (json, path) =>
  record(json, path)['bytes'] === undefined
    ? object<{ orfType: number; prefixes: AddressPrefixOrf[] }>({ orfType: U8, prefixes: list(PREFIX_ORF) })(json, path)
    : object<{ orfType: number; bytes: Uint8Array }>({ orfType: U8, bytes: OCTETS })(json, path);

const ORF: Form<Orf> = object<Orf>({ whenToRefresh: oneOf('immediate', 'defer'), groups: list(ORF_GROUP) });

type Counter = NonNullable<OperationalMessage['counter']>;

const FORMS: { readonly [Type in Message['type']]: Form<Of<Type>> } = {
  open: object<Of<'open'>>({
    type: oneOf('open'),
    version: optional(U8, () => 4),
    as: U16,
    holdTimeSeconds: U16,
    bgpIdentifier: IPV4,
    capabilities: optional(list(capabilityFromJson), () => []),
    otherParameters: optional(list(object({ code: U8, bytes: OCTETS })), () => []),
    extendedParameters: optional(BOOLEAN),
  }),
  update: object<Of<'update'>>({
    type: oneOf('update'),
    withdrawn: optional(list(IPV4_PREFIX), () => []),
    attributes: optional(list(attributeFromJson), () => []),
    nlri: optional(list(IPV4_PREFIX), () => []),
    endOfRib: optional(FAMILY),
    fault: optional(FAULT),
  }),
  notification: object<Of<'notification'>>({ type: oneOf('notification'), code: U8, subcode: U8, data: NO_OCTETS }),
  keepalive: object<Of<'keepalive'>>({ type: oneOf('keepalive') }),
  'route-refresh': object<Of<'route-refresh'>>({
    type: oneOf('route-refresh'),
    family: FAMILY,
    subtype: optional(U8, () => 0),
    orf: optional(ORF),
    rest: optional(OCTETS),
  }),
  operational: object<Of<'operational'>>({
    type: oneOf('operational'),
    code: U16,
    advisory: optional(object({ family: FAMILY, text: TEXT })),
    counter: optional(object<Counter>({ family: FAMILY, routerId: IPV4, sequence: U32, count: optional(U32) })),
    bytes: optional(OCTETS),
  }),
};

const MESSAGE: Form<Message> = tagged<Message>('type', FORMS);

/** The message whose JSON form (`toJson`) is `json`. Throws ValueError that names the place, as a JSON path that begins with `path`. */
export function messageFromJson(json: unknown, path = ''): Message {
  return MESSAGE(json, path);
}

/** The fault whose JSON form (`toJson`) is `json`. Throws ValueError as `messageFromJson` does. */
export function faultFromJson(json: unknown, path = ''): Fault {
  return FAULT(json, path);
}
