/**
 * PMSI_TUNNEL, path attribute 22 (RFC 6514 §5): the tunnel that carries broadcast and multicast of a VPN.
 *
 *     | flags | tunnel type | label, or VNI, 3 octets | tunnel identifier … |
 *
 * Shorter than 5 octets, the reserved type 255, or an identifier that ingress replication cannot have: treat-as-withdraw (RFC 6514 §5).
 * Text: `flags 0 type 6 label-field 160 identifier 0x0a000001`; a label is the upper 20 bits of its field.
 */
import { copyOf, fromHex, readU24, toHex } from '../bytes.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import { ValueError } from '../fault.ts';
import { within } from '../numbers.ts';
import { OCTETS, object, U8, U24 } from '../parts/json-form.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_TRANSITIVE, treatAsWithdraw } from './fields.ts';

/** PMSI Tunnel (RFC 6514 §5): the tunnel that multicast comes through. The form of `identifier` depends on the tunnel type. */
export interface PmsiTunnel {
  flags: number;
  tunnelType: number;
  labelField: number;
  identifier: Uint8Array;
}

const INGRESS_REPLICATION = 6;
const RESERVED_TYPE = 255;

export const pmsiTunnel: AttributeCodec<PmsiTunnel, 'pmsi-tunnel'> = {
  code: AttributeCode.PmsiTunnel,
  type: 'pmsi-tunnel',
  name: 'PMSI_TUNNEL',
  label: 'PMSI tunnel',
  flags: OPTIONAL_TRANSITIVE,
  check(bytes, start, end) {
    const identifierLength = end - start - 5;
    if (identifierLength < 0) return treatAsWithdraw(UpdateError.OptionalAttribute, `PMSI_TUNNEL of ${end - start} octets`);
    const type = bytes[start + 1]!;
    if (type === RESERVED_TYPE) return treatAsWithdraw(UpdateError.OptionalAttribute, 'PMSI_TUNNEL of tunnel type 255');
    if (type === INGRESS_REPLICATION && identifierLength !== 4 && identifierLength !== 16) {
      return treatAsWithdraw(UpdateError.OptionalAttribute, `PMSI_TUNNEL for ingress replication to ${identifierLength} octets`);
    }
    return undefined;
  },
  decode(bytes, start, end, { spans }) {
    const identifier = copyOf(bytes, start + 5, end);
    spans?.numbers(start, ['flags', 1], ['tunnel-type', 1], ['label-field', 3]);
    spans?.leaf('identifier', start + 5, end, identifier);
    return { flags: bytes[start]!, tunnelType: bytes[start + 1]!, labelField: readU24(bytes, start + 2), identifier };
  },
  encode(out, value) {
    out.u8(within('flags', value.flags, 0xff));
    out.u8(within('tunnel type', value.tunnelType, 0xff));
    out.u24(within('label field', value.labelField, 0xff_ffff));
    out.raw(value.identifier);
  },
  format: (value) =>
    `flags ${value.flags} type ${value.tunnelType} label-field ${value.labelField} identifier 0x${toHex(value.identifier)}`,
  parse(text) {
    const parts = /^flags (\d{1,3}) type (\d{1,3}) label-field (\d{1,8}) identifier 0x((?:[0-9a-fA-F]{2})*)$/.exec(text);
    if (parts === null) {
      throw new ValueError(`found "${text}", allowed is e.g. "flags 0 type 6 label-field 160 identifier 0x0a000001"`);
    }
    return {
      flags: within('flags', Number(parts[1]), 0xff),
      tunnelType: within('tunnel type', Number(parts[2]), 0xff),
      labelField: within('label field', Number(parts[3]), 0xff_ffff),
      identifier: fromHex(parts[4]!),
    };
  },
  fromJson: object<PmsiTunnel>({ flags: U8, tunnelType: U8, labelField: U24, identifier: OCTETS }),
};
