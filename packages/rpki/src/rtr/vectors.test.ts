/** Shared vectors of PDUs: what they mean, and which must be refused. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { addressBytes, fromHex, toHex } from '@tsbgp/wire';
import { loadShared, sharedOctets } from '../../test/shared.ts';
import { decodePdu, pduLength } from './decode.ts';
import { encodePdu } from './encode.ts';
import { PduStream } from './framing.ts';
import { type Pdu, RtrFault } from './pdu.ts';

interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly hex: string;
  readonly expect?: Readonly<Record<string, unknown>>;
  readonly expect_error?: { readonly behaviour: string; readonly rtr_error_code?: number };
}

const meaning = loadShared<Vector[]>('wire/rtr.json');
const errors = loadShared<Vector[]>('wire/errors.json');

suite('wire/rtr.json', { skip: typeof meaning === 'string' && meaning }, () => {
  for (const vector of typeof meaning === 'string' ? [] : meaning) {
    test(vector.id, () => {
      const bytes = fromHex(vector.hex);
      assert.equal(pduLength(bytes, 0, bytes.length), bytes.length);
      const pdu = decodePdu(bytes, 0, bytes.length);
      assert.ok(!(pdu instanceof RtrFault), JSON.stringify(pdu));
      assert.deepEqual(neutral(pdu), expected(vector.expect!));
      assert.equal(toHex(encodePdu(pdu)), vector.hex);
    });
  }
});

suite('wire/errors.json, RTR', { skip: typeof errors === 'string' && errors }, () => {
  for (const { id, hex, expect_error: error } of typeof errors === 'string' ? [] : errors.filter(({ kind }) => kind === 'rtr')) {
    test(`${id}: ${error!.behaviour}`, () => {
      const bytes = fromHex(hex);
      const length = pduLength(bytes, 0, bytes.length);
      if (error!.behaviour.startsWith('incomplete')) {
        assert.equal(length, undefined);
        assert.ok(decodePdu(bytes, 0, bytes.length) instanceof RtrFault);
        return;
      }
      const fault = length instanceof RtrFault ? length : decodePdu(bytes, 0, bytes.length);
      assert.ok(fault instanceof RtrFault);
      if (error!.rtr_error_code !== undefined) assert.equal(fault.code, error!.rtr_error_code);
    });
  }
});

const capture = sharedOctets('captures/rtr/tcpdump-rpki-rtr-oobr.pcap');

test('captures/rtr: the malformed stream of tcpdump is a fault', { skip: capture === undefined && 'no conformance captures' }, () => {
  // One packet: pcap headers 40 octets, IPv4 20, TCP 20; 10 octets of RTR were captured.
  const payload = capture!.subarray(40 + 14 + 20 + 20);
  const stream = new PduStream(() => true);
  assert.ok(stream.push(payload) instanceof RtrFault);
});

/** The fields of a PDU that the vectors name, in their form. */
function neutral(pdu: Pdu): Record<string, unknown> {
  const { version } = pdu;
  switch (pdu.type) {
    case 'ipv4-prefix':
    case 'ipv6-prefix': {
      const { flags, prefix, maxLength, asn } = pdu;
      return { version, flags, announce: (flags & 1) === 1, prefix: prefixValue(prefix), max_length: maxLength, asn };
    }
    case 'end-of-data':
      return { version, session_id: pdu.sessionId, serial: pdu.serial, ...pdu.intervals };
    case 'aspa':
      return { version, flags: pdu.flags, announce: (pdu.flags & 1) === 1, customer: pdu.customer, providers: pdu.providers };
    case 'error-report':
      return { version, error_code: pdu.code, pdu: toHex(pdu.pdu), text: pdu.text };
    case 'serial-notify':
    case 'serial-query':
      return { version, session_id: pdu.sessionId, serial: pdu.serial };
    case 'cache-response':
      return { version, session_id: pdu.sessionId };
    case 'router-key':
      return { version, asn: pdu.asn };
    default:
      return { version };
  }
}

function expected({ type: _type, type_name: _name, length: _length, prefix, ...rest }: Readonly<Record<string, unknown>>): object {
  return typeof prefix === 'string' ? { ...rest, prefix: prefixValue(prefix) } : rest;
}

function prefixValue(text: string): string {
  const [address = '', bits] = text.split('/');
  return `${toHex(addressBytes(address))}/${bits}`;
}
