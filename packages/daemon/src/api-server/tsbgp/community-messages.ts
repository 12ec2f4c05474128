/** Extended communities of eight octets and IPv6 ones of twenty, from octets to messages of the API and back. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type {
  ExtendedCommunitySchema,
  ExtendedCommunity as ExtendedMessage,
  Ipv6ExtendedCommunitySchema,
  Ipv6ExtendedCommunity as Ipv6Message,
} from '@tsbgp/api';
import {
  decodeExtendedCommunity,
  formatExtendedCommunity,
  formatIpv6ExtendedCommunity,
  parseExtendedCommunity,
  parseIpv6ExtendedCommunity,
  ValueError,
} from '@tsbgp/wire';
import { invalidArgument } from '../../control-error.ts';

const LENGTH = 8;
const IPV6_LENGTH = 20;
const TWO_OCTET_AS_MAX = 0xffff;

type ExtendedInit = MessageInitShape<typeof ExtendedCommunitySchema>;

export function extendedMessage(octets: Uint8Array): ExtendedInit {
  const community = decodeExtendedCommunity(octets);
  const text = formatExtendedCommunity(octets);
  const message = { octets: Uint8Array.from(octets), text };
  if ('bytes' in community) return message;
  return { ...message, name: community.name, form: formOf(community.fields, text) };
}

/** The two forms of RFC 4360 §3 and RFC 5668: AS and number, or address and number. */
function formOf(fields: Readonly<Record<string, unknown>>, text: string): NonNullable<ExtendedInit['form']> {
  const { as, address, value } = fields;
  if (typeof value === 'number' && Object.keys(fields).length === 2) {
    if (typeof as === 'number') {
      const fourOctetAs = as > TWO_OCTET_AS_MAX || text.includes(`:${as}L:`);
      return { case: 'asSpecific', value: { as, value, fourOctetAs } };
    }
    if (typeof address === 'string') return { case: 'ipv4Specific', value: { address, value } };
  }
  return { case: undefined };
}

/** Throws ControlError `invalid-argument`. */
export function extendedValue({ octets, name, form, text }: ExtendedMessage, place: string): Uint8Array {
  if (octets.length > 0) return exactly(LENGTH, octets, place);
  const asked = form.case === undefined ? text : formText(name, form, place);
  return orRefused(form.case === undefined ? `${place}.text` : place, () => parseExtendedCommunity(asked));
}

function formText(name: string, form: Exclude<ExtendedMessage['form'], { case: undefined }>, place: string): string {
  if (name === '') throw invalidArgument(`${place}.name`, 'is missing; allowed is what kind of community it is, e.g. "rt"');
  if (form.case === 'ipv4Specific') return `${name}:${form.value.address}:${form.value.value}`;
  const { as, value, fourOctetAs } = form.value;
  return `${name}:${as}${fourOctetAs && as <= TWO_OCTET_AS_MAX ? 'L' : ''}:${value}`;
}

export function ipv6ExtendedMessage(octets: Uint8Array): MessageInitShape<typeof Ipv6ExtendedCommunitySchema> {
  return { octets: Uint8Array.from(octets), text: formatIpv6ExtendedCommunity(octets) };
}

/** Throws ControlError `invalid-argument`. */
export function ipv6ExtendedValue({ octets, text }: Ipv6Message, place: string): Uint8Array {
  if (octets.length > 0) return exactly(IPV6_LENGTH, octets, place);
  return orRefused(`${place}.text`, () => parseIpv6ExtendedCommunity(text));
}

/** What `make` returns. A ValueError of the wire package becomes ControlError `invalid-argument`. */
export function orRefused<T>(field: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ValueError) throw invalidArgument(field, error.message);
    throw error;
  }
}

function exactly(length: number, octets: Uint8Array, place: string): Uint8Array {
  if (octets.length !== length) throw invalidArgument(`${place}.octets`, `found ${octets.length} octets, allowed are ${length}`);
  return octets;
}
