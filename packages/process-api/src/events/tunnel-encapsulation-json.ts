/** TUNNEL_ENCAPSULATION with the candidate path of an SR Policy (RFC 9830, RFC 9831) in the JSON and text of ExaBGP 6. */
import { formatIpv4, formatIpv6, readU16, readU32 } from '@tsbgp/wire';
import { hexText, type TlvSpan, tlvs } from './attribute-octets.ts';

const SR_POLICY = 15;
const subTlvLength = (code: number): 1 | 2 => (code < 128 ? 1 : 2);
const one = (): 1 => 1;
const two = (): 2 => 2;

export function tunnelEncapsulationJson(bytes: Uint8Array): string {
  const tunnels = [...tlvs(bytes, 2, two)].map(({ code, value }) =>
    code === SR_POLICY ? `"sr-policy": ${policyJson(value)}` : `"tunnel-${code}": "${hexText(value)}"`,
  );
  return `{${tunnels.join(', ')}}`;
}

interface SubTlv {
  readonly json: string;
  readonly text: string;
}

function subTlv({ code, value }: TlvSpan): SubTlv | undefined {
  switch (code) {
    case 12:
      return { json: `"preference": ${readU32(value, 2)}`, text: `preference ${readU32(value, 2)}` };
    case 15:
      return { json: `"priority": ${value[0]}`, text: `priority ${value[0]}` };
    case 13: {
      if (value.length < 6) return { json: '"binding-sid": {"type": "null"}', text: 'binding-sid mpls null' };
      const label = readU32(value, 2) >>> 12;
      return { json: `"binding-sid": {"type": "mpls", "label": ${label}}`, text: `binding-sid mpls ${label}` };
    }
    case 20:
      return { json: `"srv6-binding-sid": "${formatIpv6(value, 2)}"`, text: `srv6-binding-sid ${formatIpv6(value, 2)}` };
    case 129:
      return { json: `"candidate-path-name": ${nameOf(value)}`, text: `candidate-path-name ${nameOf(value)}` };
    case 130:
      return { json: `"policy-name": ${nameOf(value)}`, text: `policy-name ${nameOf(value)}` };
    default:
      return undefined;
  }
}

function nameOf(value: Uint8Array): string {
  return JSON.stringify(new TextDecoder().decode(value.subarray(1)));
}

function policyJson(bytes: Uint8Array): string {
  const members: string[] = [];
  const lists: string[] = [];
  for (const tlv of tlvs(bytes, 1, subTlvLength)) {
    if (tlv.code === 128) lists.push(segmentListJson(tlv.value));
    else members.push(subTlv(tlv)?.json ?? `"sub-tlv-${tlv.code}": "${hexText(tlv.value)}"`);
  }
  if (lists.length > 0) members.push(`"segment-lists": [${lists.join(', ')}]`);
  return `{${members.join(', ')}}`;
}

export function tunnelEncapsulationText(bytes: Uint8Array): string {
  const tunnels = [...tlvs(bytes, 2, two)].map(({ code, value }) => {
    if (code !== SR_POLICY) return `tunnel-${code} ${hexText(value)}`;
    const parts = [...tlvs(value, 1, subTlvLength)].map((tlv) =>
      tlv.code === 128 ? segmentListText(tlv.value) : (subTlv(tlv)?.text ?? ''),
    );
    return `sr-policy {${parts.filter(Boolean).join(' ')}}`;
  });
  return `tunnel-encap [${tunnels.join(' ')}]`;
}

function segmentListJson(value: Uint8Array): string {
  const members: string[] = [];
  const segments: string[] = [];
  for (const tlv of tlvs(value.subarray(1), 1, one)) {
    if (tlv.code === 9) members.push(`"weight": ${readU32(tlv.value, 2)}`);
    else segments.push(segmentJson(tlv));
  }
  return `{${[...members, `"segments": [${segments.join(', ')}]`].join(', ')}}`;
}

function segmentListText(value: Uint8Array): string {
  let weight = '';
  const segments: string[] = [];
  for (const { code, value: segment } of tlvs(value.subarray(1), 1, one)) {
    if (code === 9) weight = ` weight ${readU32(segment, 2)}`;
    else if (code === 1) segments.push(String(readU32(segment, 2) >>> 12));
    else if (code === 13) segments.push(formatIpv6(segment, 2));
    else segments.push(hexText(segment));
  }
  return `segment-list${weight} [${segments.join(' ')}]`;
}

type Part = readonly ['ipv4' | 'ipv6' | 'number', string];

const INTERFACES: readonly Part[] = [
  ['number', 'local-if-id'],
  ['ipv6', 'local-ipv6'],
  ['number', 'remote-if-id'],
  ['ipv6', 'remote-ipv6'],
];

/** Letter, parts after flags and algorithm, and whether the SID is an SRv6 one. */
const SEGMENTS: Readonly<Record<number, { letter: string; parts: readonly Part[]; algorithm?: true; srv6?: true }>> = {
  3: { letter: 'C', parts: [['ipv4', 'ipv4']], algorithm: true },
  4: { letter: 'D', parts: [['ipv6', 'ipv6']], algorithm: true },
  5: {
    letter: 'E',
    parts: [
      ['number', 'local-if-id'],
      ['ipv4', 'ipv4'],
    ],
  },
  6: {
    letter: 'F',
    parts: [
      ['ipv4', 'local'],
      ['ipv4', 'remote'],
    ],
  },
  7: { letter: 'G', parts: INTERFACES },
  8: {
    letter: 'H',
    parts: [
      ['ipv6', 'local'],
      ['ipv6', 'remote'],
    ],
  },
  13: { letter: 'B', parts: [], srv6: true },
  14: { letter: 'I', parts: [['ipv6', 'ipv6']], algorithm: true, srv6: true },
  15: { letter: 'J', parts: INTERFACES, algorithm: true, srv6: true },
  16: {
    letter: 'K',
    parts: [
      ['ipv6', 'local'],
      ['ipv6', 'remote'],
    ],
    algorithm: true,
    srv6: true,
  },
};

const SIZES = { ipv4: 4, ipv6: 16, number: 4 } as const;

function segmentJson({ code, value }: TlvSpan): string {
  if (code === 1) {
    const field = readU32(value, 2);
    const fields = `"tc": ${(field >>> 9) & 7}, "s": ${((field >>> 8) & 1) === 1}, "ttl": ${field & 0xff}`;
    return `{"type": "A", "label": ${field >>> 12}, ${fields}}`;
  }
  const form = SEGMENTS[code];
  if (form === undefined) return `{"type": "unknown-${code}", "raw": "${hexText(value)}"}`;
  const members = [`"type": "${form.letter}"`];
  let at = 2;
  for (const [kind, name] of form.parts) {
    if (at + SIZES[kind] > value.length) break;
    if (kind === 'number') members.push(`"${name}": ${readU32(value, at)}`);
    else members.push(`"${name}": "${kind === 'ipv4' ? formatIpv4(value, at) : formatIpv6(value, at)}"`);
    at += SIZES[kind];
  }
  if (form.algorithm === true) members.push(`"algorithm": ${value[1]}`);
  if (form.srv6 === true && at + 16 <= value.length) {
    members.push(`"sid": "${formatIpv6(value, at)}"`);
    if (at + 24 <= value.length) members.push(behaviorJson(value, at + 16));
  } else if (form.srv6 !== true && at + 4 <= value.length) {
    members.push(`"sid": ${readU32(value, at) >>> 12}`);
  }
  return `{${members.join(', ')}}`;
}

function behaviorJson(value: Uint8Array, at: number): string {
  const [block, node, func, argument] = value.subarray(at + 4, at + 8);
  const lengths = `"lb-length": ${block}, "ln-length": ${node}, "fun-length": ${func}, "arg-length": ${argument}`;
  return `"endpoint-behavior": {"behavior": ${readU16(value, at)}, ${lengths}}`;
}
