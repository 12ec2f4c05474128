/** Capabilities from JSON: a form for each row of the table. */
import type { Capability, KnownCapability } from '../capabilities/registry.ts';
import {
  BOOLEAN,
  FAMILY,
  type Form,
  list,
  OCTETS,
  object,
  oneOf,
  optional,
  TEXT,
  tagged,
  U8,
  U16,
  U24,
  U32,
  unsigned,
} from '../parts/json-form.ts';

type Of<Type extends KnownCapability['type']> = Extract<KnownCapability, { type: Type }>;

function empty<const Type extends string>(type: Type): Form<{ type: Type }> {
  return object<{ type: Type }>({ type: oneOf(type) });
}

const SEVEN_BITS = optional(unsigned(0x7f));

function orf<const Type extends string>(type: Type): Form<{ type: Type; families: Of<'outbound-route-filtering'>['families'] }> {
  const types = list(object({ orfType: U8, receive: BOOLEAN, send: BOOLEAN }));
  return object<{ type: Type; families: Of<'outbound-route-filtering'>['families'] }>({
    type: oneOf(type),
    families: list(object({ family: FAMILY, reserved: optional(U8), types })),
  });
}

function dynamic<const Type extends string>(type: Type): Form<{ type: Type; codes: number[] }> {
  return object<{ type: Type; codes: number[] }>({ type: oneOf(type), codes: list(U8) });
}

function multisession<const Type extends string>(type: Type): Form<{ type: Type; grouping: boolean; codes: number[]; reserved?: number }> {
  return object<{ type: Type; grouping: boolean; codes: number[]; reserved?: number }>({
    type: oneOf(type),
    grouping: BOOLEAN,
    codes: list(U8),
    reserved: SEVEN_BITS,
  });
}

const FORMS: { readonly [Each in Capability as Each['type']]: Form<Each> } = {
  multiprotocol: object<Of<'multiprotocol'>>({ type: oneOf('multiprotocol'), family: FAMILY, reserved: optional(U8) }),
  'route-refresh': empty('route-refresh'),
  'route-refresh-cisco': empty('route-refresh-cisco'),
  'extended-message': empty('extended-message'),
  'enhanced-route-refresh': empty('enhanced-route-refresh'),
  'bfd-strict': empty('bfd-strict'),
  'link-local-next-hop': empty('link-local-next-hop'),
  operational: empty('operational'),
  'outbound-route-filtering': orf('outbound-route-filtering'),
  'outbound-route-filtering-cisco': orf('outbound-route-filtering-cisco'),
  'extended-next-hop': object<Of<'extended-next-hop'>>({
    type: oneOf('extended-next-hop'),
    tuples: list(object({ family: FAMILY, nextHopAfi: U16 })),
  }),
  bgpsec: object<Of<'bgpsec'>>({
    type: oneOf('bgpsec'),
    version: unsigned(15),
    direction: oneOf('receive', 'send'),
    afi: U16,
    reserved: optional(unsigned(7)),
  }),
  'multiple-labels': object<Of<'multiple-labels'>>({
    type: oneOf('multiple-labels'),
    families: list(object({ family: FAMILY, count: U8 })),
  }),
  role: object<Of<'role'>>({ type: oneOf('role'), role: U8 }),
  'graceful-restart': object<Of<'graceful-restart'>>({
    type: oneOf('graceful-restart'),
    restartState: BOOLEAN,
    notification: BOOLEAN,
    restartTimeSeconds: unsigned(0xfff),
    families: list(object({ family: FAMILY, forwarding: BOOLEAN, reserved: SEVEN_BITS })),
    reserved: optional(unsigned(3)),
  }),
  'four-octet-as': object<Of<'four-octet-as'>>({ type: oneOf('four-octet-as'), as: U32 }),
  dynamic: dynamic('dynamic'),
  'dynamic-deprecated': dynamic('dynamic-deprecated'),
  multisession: multisession('multisession'),
  'multisession-cisco': multisession('multisession-cisco'),
  'add-path': object<Of<'add-path'>>({
    type: oneOf('add-path'),
    families: list(object({ family: FAMILY, receive: BOOLEAN, send: BOOLEAN })),
  }),
  'long-lived-graceful-restart': object<Of<'long-lived-graceful-restart'>>({
    type: oneOf('long-lived-graceful-restart'),
    families: list(object({ family: FAMILY, forwarding: BOOLEAN, staleTimeSeconds: U24, reserved: SEVEN_BITS })),
  }),
  fqdn: object<Of<'fqdn'>>({ type: oneOf('fqdn'), hostname: TEXT, domain: TEXT }),
  'software-version': object<Of<'software-version'>>({ type: oneOf('software-version'), version: TEXT }),
  'paths-limit': object<Of<'paths-limit'>>({ type: oneOf('paths-limit'), families: list(object({ family: FAMILY, limit: U16 })) }),
  unknown: object({ type: oneOf('unknown'), code: U8, bytes: OCTETS }),
};

const CAPABILITY: Form<Capability> = tagged<Capability>('type', FORMS);

/** The capability whose JSON form (`toJson`) is `json`. Throws ValueError that names the place, as a JSON path that begins with `path`. */
export function capabilityFromJson(json: unknown, path = ''): Capability {
  return CAPABILITY(json, path);
}
