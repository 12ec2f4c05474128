/** Finds routes by one of their communities: standard, extended or large. */
import { AttributeCode, ByteWriter, parseCommunity, parseExtendedCommunity, parseLargeCommunity } from '@tsbgp/wire';
import { attributeHeaderLength, attributeValueLength } from '@tsbgp/wire/scan';
import { invalidArgument } from '../control-plane.ts';

/** The octets to look for, and the code of the attribute that may hold them. */
export interface CommunityKey {
  readonly code: number;
  readonly octets: Uint8Array;
}

/** The form of the text says which of the three kinds it is. Throws ControlError. */
export function parseAnyCommunity(text: string): CommunityKey {
  const out = new ByteWriter(16);
  try {
    if (/^\d+:\d+:\d+$/.test(text)) {
      const large = parseLargeCommunity(text);
      out.u32(large.globalAdministrator);
      out.u32(large.localData1);
      out.u32(large.localData2);
      return { code: AttributeCode.LargeCommunities, octets: out.take() };
    }
    if (/^(0x|[a-z]+:)/.test(text)) return { code: AttributeCode.ExtendedCommunities, octets: parseExtendedCommunity(text) };
    out.u32(parseCommunity(text));
    return { code: AttributeCode.Communities, octets: out.take() };
  } catch (error) {
    throw invalidArgument('filter.community', (error as Error).message, { cause: error });
  }
}

/** Whether an attribute set, as its canonical octets, has the community. */
export function holdsCommunity(block: Uint8Array, key: CommunityKey): boolean {
  for (let offset = 0; offset < block.length; ) {
    const value = offset + attributeHeaderLength(block, offset);
    const end = value + attributeValueLength(block, offset);
    if (block[offset + 1] === key.code) {
      for (let at = value; at < end; at += key.octets.length) if (startsWith(block, at, key.octets)) return true;
    }
    offset = end;
  }
  return false;
}

function startsWith(block: Uint8Array, offset: number, octets: Uint8Array): boolean {
  for (let i = 0; i < octets.length; i++) if (block[offset + i] !== octets[i]) return false;
  return true;
}
