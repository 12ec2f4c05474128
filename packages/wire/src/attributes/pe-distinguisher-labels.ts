/**
 * PE_DISTINGUISHER_LABELS, path attribute 27 (RFC 6514 §8): labels that tell provider edge routers apart within one multicast tunnel.
 *
 *     | PE address, 4 or 16 octets | label, 3 octets | …
 *
 * The attribute does not say which kind its addresses are: a length that is a multiple of 7 means IPv4, else one of 19 IPv6. Any other
 * length: treat-as-withdraw (RFC 6514 §8). Text: `192.0.2.1=16000`, and behind a slash the four other bits of the field where they are not 0.
 */
import { addressBytes, formatAddress } from '../address.ts';
import { readU24 } from '../bytes.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import { ValueError } from '../fault.ts';
import { within } from '../numbers.ts';
import { ADDRESS, list, object, U24 } from '../parts/json-form.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_TRANSITIVE, treatAsWithdraw } from './fields.ts';

/** The label that a PE has for another PE (RFC 6514 §8). */
export interface PeDistinguisherLabel {
  peAddress: string;
  /** The label is its upper 20 bits. */
  labelField: number;
}

export const peDistinguisherLabels: AttributeCodec<PeDistinguisherLabel[], 'pe-distinguisher-labels'> = {
  code: AttributeCode.PeDistinguisherLabels,
  type: 'pe-distinguisher-labels',
  name: 'PE_DISTINGUISHER_LABELS',
  label: 'PE labels',
  flags: OPTIONAL_TRANSITIVE,
  check(_bytes, start, end) {
    if (addressLength(end - start) > 0) return undefined;
    return treatAsWithdraw(UpdateError.OptionalAttribute, `PE_DISTINGUISHER_LABELS of ${end - start} octets`);
  },
  decode(bytes, start, end, { spans }) {
    const length = addressLength(end - start);
    const labels: PeDistinguisherLabel[] = [];
    for (let at = start; at < end; at += length + 3) {
      const peAddress = formatAddress(bytes, at, at + length);
      spans?.leaf('pe-address', at, at + length, peAddress);
      spans?.numbers(at + length, ['label-field', 3]);
      labels.push({ peAddress, labelField: readU24(bytes, at + length) });
    }
    return labels;
  },
  encode(out, labels) {
    for (const { peAddress, labelField } of labels) {
      out.raw(addressBytes(peAddress));
      out.u24(within('label field', labelField, 0xff_ffff));
    }
  },
  format: (labels) => labels.map(({ peAddress, labelField }) => `${peAddress}=${formatLabelField(labelField)}`).join(' '),
  parse: (text) => text.split(/\s+/).filter(Boolean).map(parseLabel),
  fromJson: list(object<PeDistinguisherLabel>({ peAddress: ADDRESS, labelField: U24 })),
};

function addressLength(length: number): 0 | 4 | 16 {
  if (length === 0) return 0;
  if (length % 7 === 0) return 4;
  return length % 19 === 0 ? 16 : 0;
}

function formatLabelField(field: number): string {
  return (field & 0xf) === 0 ? String(field >>> 4) : `${field >>> 4}/${field & 0xf}`;
}

function parseLabel(text: string): PeDistinguisherLabel {
  const parts = /^([^=]+)=(\d{1,7})(?:\/(\d{1,2}))?$/.exec(text);
  if (parts === null) throw new ValueError(`found "${text}", allowed are an address and a label, e.g. "192.0.2.1=16000"`);
  const peAddress = formatAddress(addressBytes(parts[1]!));
  return { peAddress, labelField: within('label', Number(parts[2]), 0xf_ffff) * 16 + within('bits', Number(parts[3] ?? 0), 0xf) };
}
