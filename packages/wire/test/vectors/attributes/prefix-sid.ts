/** PREFIX_SID. */
import { PREFIX_SID_TLVS } from '../../../src/attributes/prefix-sid.ts';
import { tlvs } from '../../arbitraries/tlvs.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'prefix-sid'> = {
  type: 'prefix-sid',
  examples: [
    ['0100070000000000005a', 'label-index flags=0 index=90'],
    [
      '010007 00 0000 00000064 030008 0000 003e80 001f40',
      'label-index flags=0 index=100, originator-srgb flags=0 srgbs=16000-8000',
      'label index and SRGB',
    ],
    [
      '050022 00 01001e 00 20010000000500030000000000000000 00 0013 00 010006 28 18 10 00 10 40',
      'srv6-l3-service (sid-information sid=2001:0:5:3:: flags=0 behavior=19 (sid-structure locator-block=40 locator-node=24 function=16 argument=0 transposition-length=16 transposition-offset=64))',
      'an SRv6 L3 service with its structure',
    ],
    ['010007 ff 0000 00000064', 'label-index reserved=ff flags=0 index=100', 'reserved octets that are not 0'],
    ['630002 0102', 'tlv-99 0x0102', 'a type nobody knows'],
    ['0100070000000000005a0300080000003e80001f40', 'label-index flags=0 index=90, originator-srgb flags=0 srgbs=16000-8000'],
    [
      '05 0022 00 01 001e 00 20010db8000000000000000000000001 00 0013 00 01 0006 20 10 10 00 10 40',
      'srv6-l3-service (sid-information sid=2001:db8::1 flags=0 behavior=19 (sid-structure locator-block=32 locator-node=16 function=16 argument=0 transposition-length=16 transposition-offset=64))',
    ],
  ],
  verdicts: [
    ['RFC 8669 §6', 'with a TLV overrun', '0100070000', EBGP, 'discard'],
    ['RFC 8669 §6', 'with a label index of six octets', '010006000000000000', EBGP, 'discard'],
    ['RFC 8669 §6', 'with an SRGB of five octets', '0300050000003e80', EBGP, 'discard'],
    ['RFC 9252 §7', 'with a short SRv6 SID', '05000500010001ff', EBGP, 'withdraw'],
  ],
  values: () => tlvs(PREFIX_SID_TLVS),
  line: { message: { text: 'label-index flags=0 index=90' }, name: 'prefix SID', text: 'label-index flags=0 index=90' },
};
