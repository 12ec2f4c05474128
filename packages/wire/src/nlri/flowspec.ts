/**
 * Flow specifications (SAFI 133; 134 with a route distinguisher), RFC 8955 for IPv4 and RFC 8956 for IPv6.
 *
 *     +--------------------------------+------------------+--------------------------------------
 *     | length: 1 octet below 240,     | RD, 8, only in   | components: type (1) and, by type, a prefix or operators
 *     | else 2 octets 0xfnnn           | SAFI 134         | in ascending order, each type once
 *     +--------------------------------+------------------+--------------------------------------
 *
 * The length of a component of an unknown type is not known: it and all octets after it are kept as octets (flowspec-component.ts).
 *
 * Text: `rd 65000:1 destination-prefix 192.0.2.0/24 ip-protocol =6,=17 destination-port >=80&<=90`.
 */
import { ByteWriter } from '../bytes.ts';
import { Afi, afiOf, type Family, makeFamily, Safi, safiOf } from '../family.ts';
import { ValueError } from '../fault.ts';
import { RD } from '../parts/fields.ts';
import { field, list, optional } from '../parts/json-form.ts';
import { formatRd, parseRd, RD_LENGTH } from '../parts/route-distinguisher.ts';
import type { FamilyCodec, FamilyNlri } from './family-codec.ts';
import { decodeComponent, encodeComponent, type FlowSpecComponent, formatComponent, parseComponent } from './flowspec-component.ts';
import { componentForm } from './flowspec-json.ts';

/** A flow specification (RFC 8955 §4, RFC 8956 §3): all of its components must match. */
export interface FlowSpecNlri extends FamilyNlri<'flowspec'> {
  /** In the VPN families only. */
  rd?: string;
  /** In ascending order of their types. */
  components: FlowSpecComponent[];
}

const ONE_OCTET_MAX = 239;
const LENGTH_MAX = 4095;

function hasRd(family: Family): boolean {
  return safiOf(family) === Safi.FlowspecVpn;
}

/** Octets of the length field at `at`. */
function headLength(bytes: Uint8Array, at: number): number {
  return bytes[at]! > ONE_OCTET_MAX ? 2 : 1;
}

function appendLength(out: ByteWriter, length: number): void {
  if (length > ONE_OCTET_MAX) out.u16(0xf000 | length);
  else out.u8(length);
}

export const flowspec: FamilyCodec<FlowSpecNlri> = {
  type: 'flowspec',
  families: [
    makeFamily(Afi.Ipv4, Safi.Flowspec),
    makeFamily(Afi.Ipv6, Safi.Flowspec),
    makeFamily(Afi.Ipv4, Safi.FlowspecVpn),
    makeFamily(Afi.Ipv6, Safi.FlowspecVpn),
  ],
  malformed: 'withdraw', // RFC 8955 §10
  keyLengthOctets: 1,
  nextHopMeaning: 'none',
  next(bytes, at, end) {
    if (at >= end) return -1;
    const head = headLength(bytes, at);
    if (at + head > end) return -1;
    const length = head === 1 ? bytes[at]! : ((bytes[at]! & 0x0f) << 8) | bytes[at + 1]!;
    return at + head + length <= end ? at + head + length : -1;
  },
  decode(bytes, start, end, family, spans) {
    let at = start + headLength(bytes, start);
    spans?.numbers(start, ['length', at === start + 1 ? 1 : 2]);
    const nlri: FlowSpecNlri = { type: 'flowspec', family, components: [] };
    if (hasRd(family)) {
      if (end - at < RD_LENGTH) return undefined;
      nlri.rd = formatRd(bytes, at);
      spans?.leaf('rd', at, at + RD_LENGTH, nlri.rd);
      at += RD_LENGTH;
    }
    for (let previous = 0; at < end; ) {
      // RFC 8955 §4.2: each type at most once, in ascending order.
      if (bytes[at]! <= previous) return undefined;
      previous = bytes[at]!;
      spans?.open('component', at);
      spans?.numbers(at, ['type', 1]);
      const found = decodeComponent(bytes, at, end, afiOf(family), spans);
      if (found === undefined) return undefined;
      spans?.close(found.end, found.component, found.component.name === 'unknown' ? `component-${previous}` : found.component.name);
      nlri.components.push(found.component);
      at = found.end;
    }
    return nlri;
  },
  encode(out, nlri) {
    const body = new ByteWriter();
    if (hasRd(nlri.family)) body.raw(parseRd(nlri.rd ?? ''));
    let previous = 0;
    for (const component of nlri.components) {
      if (component.code <= previous) {
        throw new ValueError(
          `flow specification: found component ${component.code} behind ${previous}, allowed each once in ascending order (RFC 8955 §4.2)`,
        );
      }
      previous = component.code;
      encodeComponent(body, component, afiOf(nlri.family));
    }
    if (body.length > LENGTH_MAX)
      throw new ValueError(`flow specification: found ${body.length} octets, allowed ${LENGTH_MAX} (RFC 8955 §4.1)`);
    appendLength(out, body.length);
    out.raw(body.bytes, 0, body.length);
  },
  /** The NLRI with its length in the form of RFC 8955 §4.1: one octet below 240, even when the peer sent two. */
  key(out, bytes, start, end) {
    const body = start + headLength(bytes, start);
    appendLength(out, end - body);
    out.raw(bytes, body, end);
  },
  format(nlri) {
    const words = nlri.components.map(formatComponent);
    if (nlri.rd !== undefined) words.unshift(`rd ${nlri.rd}`);
    return words.join(' ');
  },
  jsonMembers: (family) => ({ rd: optional(field(RD, family)), components: list(componentForm(family)) }),
  parse(text, family) {
    const words = text.trim() === '' ? [] : text.trim().split(/\s+/);
    const nlri: FlowSpecNlri = { type: 'flowspec', family, components: [] };
    if (words[0] === 'rd') nlri.rd = formatRd(parseRd(words.splice(0, 2)[1] ?? ''));
    if ((nlri.rd !== undefined) !== hasRd(family))
      throw new ValueError(
        `"${text}" ${hasRd(family) ? 'has no' : 'has an'} rd, which the family ${hasRd(family) ? 'needs' : 'does not have'}`,
      );
    for (let i = 0; i < words.length; i += 2) nlri.components.push(parseComponent(words[i]!, words[i + 1], afiOf(family)));
    nlri.components.sort((a, b) => a.code - b.code);
    return nlri;
  },
};
