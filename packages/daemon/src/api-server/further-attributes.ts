/**
 * The attributes beyond those of everyday routes, between the wire package's values and the API's messages: VPNs, tunnels, segment routing,
 * BGP-LS, BGPsec. Here one of each kind; the everyday ones are in route-messages.ts.
 */
import { fromJson, type JsonValue, type MessageInitShape } from '@bufbuild/protobuf';
import { ListValueSchema } from '@bufbuild/protobuf/wkt';
import type { PathAttribute as AttributeMessage, PathAttributeSchema, TlvAttributeSchema, TlvAttribute as TlvMessage } from '@tsbgp/api';
import {
  type Attribute,
  AttributeFlag,
  type AttributeSet,
  attributeCodecByName,
  DEFAULT_CONTEXT,
  decodeAttributes,
  encodeAttributes,
  formatAttributeValue,
  type KnownAttribute,
  makeAttributeSet,
  openAttributeSet,
  type PathAttribute,
  parseAttribute,
  STORED_CONTEXT,
  type Tlv,
  toJson,
  ValueError,
} from '@tsbgp/wire';
import { ipv6ExtendedMessage, ipv6ExtendedValue } from './community-messages.ts';
import { refused } from './refused.ts';

type Kind = NonNullable<MessageInitShape<typeof PathAttributeSchema>['kind']>;
type KindMessage = AttributeMessage['kind'];
type TlvType = 'tunnel-encapsulation' | 'aigp' | 'bgp-ls' | 'prefix-sid';
/** How those within an ATTR_SET are translated: by the functions for any attribute. */
type ToMessage = (attribute: PathAttribute) => MessageInitShape<typeof PathAttributeSchema>;
type ToValue = (message: AttributeMessage, place: string) => PathAttribute;

/** Undefined: it has no structure in the API. */
export function furtherKind(attribute: KnownAttribute, toMessage: ToMessage): Kind | undefined {
  switch (attribute.type) {
    case 'ipv6-extended-communities':
      return { case: 'ipv6ExtendedCommunities', value: { values: attribute.value.map(ipv6ExtendedMessage) } };
    case 'pmsi-tunnel':
      return { case: 'pmsiTunnel', value: { ...attribute.value, identifier: Uint8Array.from(attribute.value.identifier) } };
    case 'tunnel-encapsulation':
      return { case: 'tunnelEncapsulation', value: tlvMessage(attribute) };
    case 'aigp':
      return { case: 'aigp', value: tlvMessage(attribute) };
    case 'bgp-ls':
      return { case: 'bgpLs', value: tlvMessage(attribute) };
    case 'prefix-sid':
      return { case: 'prefixSid', value: tlvMessage(attribute) };
    case 'pe-distinguisher-labels':
      return { case: 'peDistinguisherLabels', value: { values: attribute.value } };
    case 'bgpsec-path':
      return { case: 'bgpsecPath', value: bgpsecMessage(attribute.value) };
    case 'only-to-customer':
      return { case: 'onlyToCustomer', value: attribute.value };
    case 'd-path':
      return { case: 'dPath', value: { segments: attribute.value.map((domains) => ({ domains })) } };
    case 'attribute-set':
      return { case: 'attributeSet', value: setMessage(attribute.value, toMessage) };
    default:
      return undefined;
  }
}

/** Undefined: it is none of these kinds. Throws ControlError `invalid-argument` with a field that begins with `place`. */
export function furtherAttribute(kind: KindMessage, flags: number, place: string, toValue: ToValue): KnownAttribute | undefined {
  switch (kind.case) {
    case 'ipv6ExtendedCommunities': {
      const values = kind.value.values.map((each, i) => ipv6ExtendedValue(each, `${place}.ipv6_extended_communities.values[${i}]`));
      return { type: 'ipv6-extended-communities', flags, value: values };
    }
    case 'pmsiTunnel': {
      const { flags: tunnelFlags, tunnelType, labelField, identifier } = kind.value;
      return { type: 'pmsi-tunnel', flags, value: { flags: tunnelFlags, tunnelType, labelField, identifier } };
    }
    case 'tunnelEncapsulation':
      return tlvAttribute('tunnel-encapsulation', kind.value, flags, `${place}.tunnel_encapsulation`);
    case 'aigp':
      return tlvAttribute('aigp', kind.value, flags, `${place}.aigp`);
    case 'bgpLs':
      return tlvAttribute('bgp-ls', kind.value, flags, `${place}.bgp_ls`);
    case 'prefixSid':
      return tlvAttribute('prefix-sid', kind.value, flags, `${place}.prefix_sid`);
    case 'peDistinguisherLabels': {
      const labels = kind.value.values.map(({ peAddress, labelField }) => ({ peAddress, labelField }));
      return { type: 'pe-distinguisher-labels', flags, value: labels };
    }
    case 'bgpsecPath': {
      const securePath = kind.value.securePath.map(({ prependCount, flags: segmentFlags, as }) => ({
        prependCount,
        flags: segmentFlags,
        as,
      }));
      const signatureBlocks = kind.value.signatureBlocks.map(({ algorithm, signatures }) => ({
        algorithm,
        signatures: signatures.map(({ subjectKeyIdentifier, signature }) => ({ subjectKeyIdentifier, signature })),
      }));
      return { type: 'bgpsec-path', flags, value: { securePath, signatureBlocks } };
    }
    case 'onlyToCustomer':
      return { type: 'only-to-customer', flags, value: kind.value };
    case 'dPath': {
      const segments = kind.value.segments.map(({ domains }) =>
        domains.map(({ globalAdministrator, localAdministrator, safi }) => ({ globalAdministrator, localAdministrator, safi })),
      );
      return { type: 'd-path', flags, value: segments };
    }
    case 'attributeSet': {
      const { originAs, octets, attributes } = kind.value;
      if (octets.length > 0) return { type: 'attribute-set', flags, value: { originAs, attributes: octets } };
      const within = attributes.map((each, i) => toValue(each, `${place}.attribute_set.attributes[${i}]`));
      const value = orRefused(`${place}.attribute_set.attributes`, () => makeAttributeSet(originAs, within));
      return { type: 'attribute-set', flags, value };
    }
    default:
      return undefined;
  }
}

function tlvMessage(attribute: Attribute<TlvType, Tlv[]>): MessageInitShape<typeof TlvAttributeSchema> {
  return {
    octets: octetsOf(attribute as PathAttribute),
    text: formatAttributeValue(attribute as PathAttribute),
    tlvs: fromJson(ListValueSchema, toJson(attribute.value) as JsonValue),
  };
}

function tlvAttribute(type: TlvType, { octets, text }: TlvMessage, flags: number, place: string): KnownAttribute {
  if (octets.length === 0) {
    const { value } = orRefused(`${place}.text`, () => parseAttribute(type, text) as Attribute<TlvType, Tlv[]>);
    return { type, flags, value };
  }
  const { code } = attributeCodecByName(type)!;
  const block = encodeAttributes([{ type: 'unknown', code, flags, bytes: octets }], STORED_CONTEXT);
  const [attribute] = decodeAttributes(block, 0, block.length, STORED_CONTEXT).attributes;
  if (attribute?.type !== type) throw refused(`${place}.octets`, `found ${octets.length} octets that do not make whole TLVs`);
  return attribute;
}

function orRefused<T>(field: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ValueError) throw refused(field, error.message);
    throw error;
  }
}

/** The value of an attribute, without flags, code and length. */
export function octetsOf(attribute: PathAttribute): Uint8Array {
  const bytes = encodeAttributes([attribute], DEFAULT_CONTEXT);
  return bytes.slice((bytes[0]! & AttributeFlag.ExtendedLength) === 0 ? 3 : 4);
}

function bgpsecMessage({ securePath, signatureBlocks }: Extract<KnownAttribute, { type: 'bgpsec-path' }>['value']) {
  return {
    securePath,
    signatureBlocks: signatureBlocks.map(({ algorithm, signatures }) => ({
      algorithm,
      signatures: signatures.map(({ subjectKeyIdentifier, signature }) => ({
        subjectKeyIdentifier: Uint8Array.from(subjectKeyIdentifier),
        signature: Uint8Array.from(signature),
      })),
    })),
  };
}

function setMessage(set: AttributeSet, toMessage: ToMessage) {
  return {
    originAs: set.originAs,
    octets: Uint8Array.from(set.attributes),
    attributes: openAttributeSet(set).attributes.map(toMessage),
  };
}
