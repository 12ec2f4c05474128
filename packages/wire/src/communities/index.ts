export { decodeExtendedCommunity, encodeExtendedCommunity, formatExtendedCommunity, parseExtendedCommunity } from './extended.ts';
export { decodeIpv6ExtendedCommunity, formatIpv6ExtendedCommunity, parseIpv6ExtendedCommunity } from './ipv6-extended.ts';
export { formatLargeCommunity, type LargeCommunity, parseLargeCommunity } from './large.ts';
export { formatCommunity, parseCommunity } from './standard.ts';
