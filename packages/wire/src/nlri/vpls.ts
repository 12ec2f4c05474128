/**
 * VPLS (AFI 25, SAFI 65, RFC 4761 §3.2.2): length (2) of 17, RD (8), VE ID (2), VE block offset (2), VE block size (2), label base (3).
 *
 * BGP-AD (RFC 6074 §3.2.1) has the same family and a length of 12: RD and the address of the PE. Other lengths are malformed.
 */
import { readU16 } from '../bytes.ts';
import { Afi, makeFamily, Safi } from '../family.ts';
import { ValueError } from '../fault.ts';
import { IPV4, RD, type RecordCodec, record, U16, U24 } from '../parts/fields.ts';
import { field, optional, unsigned } from '../parts/json-form.ts';
import { RD_LENGTH } from '../parts/route-distinguisher.ts';
import type { FamilyCodec, FamilyNlri } from './family-codec.ts';
import { jsonOfShape } from './json-members.ts';

export interface VplsFields {
  rd: string;
  veId: number;
  veBlockOffset: number;
  veBlockSize: number;
  /** 20 bits. */
  labelBase: number;
  /** The four bits after the label, reserved and bottom of stack; absent when they are zero. */
  labelBits?: number;
}

export interface VplsAutoDiscoveryFields {
  rd: string;
  peAddress: string;
}

/** NLRI of VPLS (RFC 4761 §3.2.2), or of auto-discovery (RFC 6074 §3.2.2). */
export type VplsNlri = FamilyNlri<'vpls'> & ((VplsFields & { peAddress?: never }) | (VplsAutoDiscoveryFields & { veId?: never }));

const AUTO_DISCOVERY_LENGTH = 12;
const LABEL_MAX = 0xf_ffff;
/** RD, VE ID, VE block offset. */
const BLOCK_LENGTH = RD_LENGTH + 4;

type Octets = Omit<VplsFields, 'labelBase' | 'labelBits'> & { labelField: number };

const SIGNALLING = record<Octets>({ rd: RD, veId: U16, veBlockOffset: U16, veBlockSize: U16, labelField: U24 });
const AUTO_DISCOVERY: RecordCodec<VplsAutoDiscoveryFields> = record<VplsAutoDiscoveryFields>({ rd: RD, peAddress: IPV4 });

export const vpls: FamilyCodec<VplsNlri> = {
  type: 'vpls',
  families: [makeFamily(Afi.L2vpn, Safi.Vpls)],
  malformed: 'discard',
  nextHopMeaning: 'bound',
  next(bytes, at, end) {
    const next = at + 2 + (end - at < 2 ? end : readU16(bytes, at));
    return next <= end ? next : -1;
  },
  decode(bytes, start, end, family, spans) {
    spans?.numbers(start, ['length', 2]);
    if (end - start - 2 === AUTO_DISCOVERY_LENGTH) {
      const found = AUTO_DISCOVERY.decode(bytes, start + 2, end, family, spans);
      return found && { type: 'vpls', family, ...found };
    }
    const found = SIGNALLING.decode(bytes, start + 2, end, family, spans);
    if (found === undefined) return undefined;
    const { labelField, ...fields } = found;
    return {
      type: 'vpls',
      family,
      ...fields,
      labelBase: labelField >>> 4,
      ...((labelField & 0xf) !== 0 && { labelBits: labelField & 0xf }),
    };
  },
  encode(out, nlri) {
    out.counted16(() => {
      if (nlri.peAddress !== undefined) AUTO_DISCOVERY.encode(out, nlri);
      else SIGNALLING.encode(out, { ...nlri, labelField: labelField(nlri.labelBase, nlri.labelBits ?? 0) });
    });
  },
  /** RD, VE ID and block offset identify a block of labels (RFC 4761 §3.2.2). Its size and its label base may change. */
  key(out, bytes, start, end) {
    out.raw(bytes, start, end - start - 2 === AUTO_DISCOVERY_LENGTH ? end : start + 2 + BLOCK_LENGTH);
  },
  format(nlri) {
    if (nlri.peAddress !== undefined) return AUTO_DISCOVERY.format(nlri);
    const { rd, veId, veBlockOffset, veBlockSize, labelBase, labelBits } = nlri;
    const text = `rd ${rd} ve-id ${veId} ve-block-offset ${veBlockOffset} ve-block-size ${veBlockSize} label-base ${labelBase}`;
    return labelBits === undefined ? text : `${text}/${labelBits}`;
  },
  jsonMembers: (family, json) =>
    'peAddress' in json
      ? jsonOfShape(AUTO_DISCOVERY.shape, family)
      : {
          rd: field(RD, family),
          veId: unsigned(0xffff),
          veBlockOffset: unsigned(0xffff),
          veBlockSize: unsigned(0xffff),
          labelBase: unsigned(LABEL_MAX),
          labelBits: optional(unsigned(0xf)),
        },
  parse(text, family) {
    const words = text.trim().split(/\s+/);
    if (words.includes('pe-address')) return { type: 'vpls', family, ...AUTO_DISCOVERY.parse(words, family) };
    const parts = /^(.*) label-base (\d{1,7})(?:\/(\d{1,2}))?$/.exec(words.join(' '));
    if (parts === null)
      throw new ValueError(
        `"${text}" has no label-base at its end, e.g. "rd 65000:1 ve-id 1 ve-block-offset 0 ve-block-size 10 label-base 100000"`,
      );
    const field = labelField(Number(parts[2]), Number(parts[3] ?? 0));
    const { labelField: _, ...fields } = SIGNALLING.parse([...parts[1]!.split(' '), 'label-field', String(field)], family);
    return { type: 'vpls', family, ...fields, labelBase: field >>> 4, ...((field & 0xf) !== 0 && { labelBits: field & 0xf }) };
  },
};

function labelField(base: number, bits: number): number {
  if (!Number.isInteger(base) || base < 0 || base > LABEL_MAX || bits < 0 || bits > 0xf)
    throw new ValueError(`label base: found ${base}/${bits}, allowed 0 to 1048575`);
  return (base << 4) | bits;
}
