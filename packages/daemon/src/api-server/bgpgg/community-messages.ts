/** Extended communities of eight octets (RFC 4360) as bgpgg's messages, both ways. Octets that have no form there are `unknown`. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { bgpgg } from '@tsbgp/api';
import { formatIpv4, parseIpv4 } from '@tsbgp/wire';
import { invalidArgument } from '../../control-error.ts';
import { quote } from '../../quote.ts';

type Message = bgpgg.ExtendedCommunity['community'];
type Init = MessageInitShape<typeof bgpgg.ExtendedCommunitySchema>;

/** Bit of the type: the community does not leave the AS (RFC 4360 §2). */
const NON_TRANSITIVE = 0x40;
const TYPE = { twoOctetAs: 0x00, ipv4: 0x01, fourOctetAs: 0x02, opaque: 0x03, evpn: 0x06 } as const;
const SUB_TYPE = { linkBandwidth: 0x04, color: 0x0b, encapsulation: 0x0c, routerMac: 0x03 } as const;

export function extendedMessage(octets: Uint8Array): Init {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const high = octets[0]!;
  const subType = octets[1]!;
  const isTransitive = (high & NON_TRANSITIVE) === 0;
  const unknown = { case: 'unknown', value: { typeCode: high, value: Uint8Array.from(octets.subarray(1)) } } as const;
  switch (high & ~NON_TRANSITIVE) {
    case TYPE.twoOctetAs: {
      const asn = view.getUint16(2);
      if (subType === SUB_TYPE.linkBandwidth) {
        return { community: { case: 'linkBandwidth', value: { isTransitive, asn, bandwidth: view.getFloat32(4) } } };
      }
      return { community: { case: 'twoOctetAs', value: { isTransitive, subType, asn, localAdmin: view.getUint32(4) } } };
    }
    case TYPE.ipv4: {
      const value = { isTransitive, subType, address: formatIpv4(octets.subarray(2, 6)), localAdmin: view.getUint16(6) };
      return { community: { case: 'ipv4Address', value } };
    }
    case TYPE.fourOctetAs: {
      const value = { isTransitive, subType, asn: view.getUint32(2), localAdmin: view.getUint16(6) };
      return { community: { case: 'fourOctetAs', value } };
    }
    case TYPE.opaque:
      if (subType === SUB_TYPE.color && view.getUint16(2) === 0) {
        return { community: { case: 'color', value: { isTransitive, color: view.getUint32(4) } } };
      }
      if (subType === SUB_TYPE.encapsulation && view.getUint32(2) === 0) {
        return { community: { case: 'encapsulation', value: { isTransitive, tunnelType: view.getUint16(6) } } };
      }
      if (subType !== 0) return { community: unknown };
      return { community: { case: 'opaque', value: { isTransitive, value: Uint8Array.from(octets.subarray(2)) } } };
    case TYPE.evpn:
      if (subType !== SUB_TYPE.routerMac) return { community: unknown };
      return { community: { case: 'routerMac', value: { isTransitive, macAddress: Uint8Array.from(octets.subarray(2)) } } };
    default:
      return { community: unknown };
  }
}

/** Throws ControlError `invalid-argument` with a place that begins with `place`. */
export function extendedValue({ community }: bgpgg.ExtendedCommunity, place: string): Uint8Array {
  if (community.case === undefined) throw invalidArgument(place, 'one of the forms must be set, e.g. two_octet_as');
  return new Writer(`${place}.${fieldName(community.case)}`).write(community);
}

function fieldName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

class Writer {
  readonly #octets: Uint8Array = new Uint8Array(8);
  readonly #view: DataView = new DataView(this.#octets.buffer);
  readonly #place: string;

  constructor(place: string) {
    this.#place = place;
  }

  write(community: Exclude<Message, { case: undefined }>): Uint8Array {
    if (community.case === 'unknown') return this.#unknown(community.value);
    const { isTransitive } = community.value;
    const head = (type: number, subType: number): void => {
      this.#octets[0] = type | (isTransitive ? 0 : NON_TRANSITIVE);
      this.#octets[1] = this.#within('sub_type', subType, 0xff);
    };
    switch (community.case) {
      case 'twoOctetAs':
        head(TYPE.twoOctetAs, community.value.subType);
        this.#view.setUint16(2, this.#within('asn', community.value.asn, 0xffff));
        this.#view.setUint32(4, community.value.localAdmin);
        break;
      case 'ipv4Address': {
        const { address, subType, localAdmin } = community.value;
        const bytes = parseIpv4(address);
        if (bytes === undefined) throw invalidArgument(`${this.#place}.address`, `found ${quote(address)}, allowed is an IPv4 address`);
        head(TYPE.ipv4, subType);
        this.#octets.set(bytes, 2);
        this.#view.setUint16(6, this.#within('local_admin', localAdmin, 0xffff));
        break;
      }
      case 'fourOctetAs':
        head(TYPE.fourOctetAs, community.value.subType);
        this.#view.setUint32(2, community.value.asn);
        this.#view.setUint16(6, this.#within('local_admin', community.value.localAdmin, 0xffff));
        break;
      case 'linkBandwidth':
        head(TYPE.twoOctetAs, SUB_TYPE.linkBandwidth);
        this.#view.setUint16(2, this.#within('asn', community.value.asn, 0xffff));
        this.#view.setFloat32(4, community.value.bandwidth);
        break;
      case 'color':
        head(TYPE.opaque, SUB_TYPE.color);
        this.#view.setUint32(4, community.value.color);
        break;
      case 'encapsulation':
        head(TYPE.opaque, SUB_TYPE.encapsulation);
        this.#view.setUint16(6, this.#within('tunnel_type', community.value.tunnelType, 0xffff));
        break;
      case 'routerMac':
        head(TYPE.evpn, SUB_TYPE.routerMac);
        this.#octets.set(this.#exactly('mac_address', community.value.macAddress, 6), 2);
        break;
      case 'opaque':
        head(TYPE.opaque, 0);
        this.#octets.set(this.#exactly('value', community.value.value, 6), 2);
        break;
    }
    return this.#octets;
  }

  #unknown({ typeCode, value }: bgpgg.ExtendedCommunity_Unknown): Uint8Array {
    this.#octets[0] = this.#within('type_code', typeCode, 0xff);
    this.#octets.set(this.#exactly('value', value, 7), 1);
    return this.#octets;
  }

  #within(field: string, value: number, max: number): number {
    if (value > max) throw invalidArgument(`${this.#place}.${field}`, `found ${value}, allowed 0 to ${max}`);
    return value;
  }

  #exactly(field: string, value: Uint8Array, length: number): Uint8Array {
    if (value.length !== length) throw invalidArgument(`${this.#place}.${field}`, `found ${value.length} octets, allowed are ${length}`);
    return value;
  }
}
