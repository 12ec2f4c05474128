/**
 * BGP-LS, path attribute 29 (RFC 9552 §5.3): properties of the node, link or prefix in the NLRI.
 *
 *     | type, 2 octets | length, 2 octets | value … |
 *
 * TLVs that do not add up, or wrong flags: discarded (RFC 9552 §8.2.2). bgp-ls-tlvs.ts lists the TLVs; a TLV that it does not list stays octets.
 */
import { AttributeCode, UpdateError } from '../codes.ts';
import { BGP_LS_HEADER, BGP_LS_TLVS } from './bgp-ls-tlvs.ts';
import type { AttributeCodec } from './codec.ts';
import { attributeDiscard, OPTIONAL_NON_TRANSITIVE } from './fields.ts';
import { tlvAttribute } from './shapes.ts';
import { type Tlv, tlvsAreWhole } from './tlv.ts';

export const bgpLsAttribute: AttributeCodec<Tlv[], 'bgp-ls'> = tlvAttribute(
  {
    code: AttributeCode.BgpLs,
    type: 'bgp-ls',
    name: 'BGP_LS',
    label: 'BGP-LS',
    flags: OPTIONAL_NON_TRANSITIVE,
    // RFC 9552 §8.2.2: a fault in the attribute discards the attribute, never the NLRI.
    wrongFlags: 'discard',
    check: (bytes, start, end) =>
      tlvsAreWhole(BGP_LS_HEADER, bytes, start, end)
        ? undefined
        : attributeDiscard(UpdateError.OptionalAttribute, 'BGP-LS attribute whose TLVs do not add up'),
  },
  BGP_LS_TLVS,
);
