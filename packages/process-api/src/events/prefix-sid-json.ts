/** PREFIX_SID in ExaBGP's JSON and text. */
import { formatIpv6, readU16, readU24, readU32 } from '@tsbgp/wire';
import { hexText, tlvs } from './attribute-octets.ts';

const LABEL_INDEX = 1;
const ORIGINATOR_SRGB = 3;
const SERVICES: Readonly<Record<number, string>> = { 5: 'l3-service', 6: 'l2-service' };
const twoOctets = (): 2 => 2;

interface SidInformation {
  readonly sid: string;
  readonly flags: number;
  readonly behavior: number;
  /** The six lengths of the structure. */
  readonly structure: readonly number[] | undefined;
}

function* sidInformation(service: Uint8Array): Generator<SidInformation> {
  for (const { code, value } of tlvs(service.subarray(1), 1, twoOctets)) {
    if (code !== 1 || value.length < 21) continue;
    const [structure] = [...tlvs(value.subarray(21), 1, twoOctets)].filter((tlv) => tlv.code === 1 && tlv.value.length >= 6);
    yield {
      sid: formatIpv6(value, 1),
      flags: value[17]!,
      behavior: readU16(value, 18),
      structure: structure && [...structure.value.subarray(0, 6)],
    };
  }
}

function srgbsOf(value: Uint8Array): [number, number][] {
  const ranges: [number, number][] = [];
  for (let at = 2; at + 6 <= value.length; at += 6) ranges.push([readU24(value, at), readU24(value, at + 3)]);
  return ranges;
}

const LENGTHS = [
  'locator-block-length',
  'locator-node-length',
  'function-length',
  'argument-length',
  'transposition-length',
  'transposition-offset',
];

export function prefixSidJson(bytes: Uint8Array): string {
  const members = [...tlvs(bytes, 1, twoOctets)].map(({ code, value }) => {
    if (code === LABEL_INDEX) return `"sr-label-index": ${readU32(value, 3)}`;
    if (code === ORIGINATOR_SRGB)
      return `"sr-srgbs": [${srgbsOf(value)
        .map(([base, size]) => `[${base}, ${size}]`)
        .join(', ')}]`;
    const service = SERVICES[code];
    if (service === undefined) return `"attribute-not-implemented": "${code}"`;
    const sids = [...sidInformation(value)].map(({ sid, flags, behavior, structure }) => {
      const lengths =
        structure === undefined ? '' : `, "structure": {${structure.map((bits, i) => `"${LENGTHS[i]}": ${bits}`).join(', ')}}`;
      return `{ "sid": "${sid}", "flags": ${flags}, "endpoint_behavior": ${behavior}${lengths} }`;
    });
    return `"${service}": [ ${sids.join(', ')} ]`;
  });
  return `{ ${members.join(', ')} }`;
}

export function prefixSidText(bytes: Uint8Array): string {
  const parts = [...tlvs(bytes, 1, twoOctets)].map(({ code, value }) => {
    if (code === LABEL_INDEX) return String(readU32(value, 3));
    if (code === ORIGINATOR_SRGB)
      return `[ ${srgbsOf(value)
        .map(([base, size]) => `( ${base},${size} )`)
        .join(', ')} ]`;
    const service = SERVICES[code];
    if (service === undefined) return hexText(value);
    const sids = [...sidInformation(value)].map(({ sid, flags, behavior, structure }) => {
      const lengths = structure === undefined ? '' : ` [ sid-structure [${structure.join(',')}] ]`;
      return `sid-information [ sid:${sid} flags:${flags} endpoint_behavior:0x${behavior.toString(16)} ${lengths} ]`;
    });
    // ExaBGP closes one bracket less than it opens.
    return `${service} [ ${sids.join(', ')}`;
  });
  return `[ ${parts.join(', ')} ]`;
}
