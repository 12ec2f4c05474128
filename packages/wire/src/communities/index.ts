export { formatExtendedCommunity, parseExtendedCommunity } from './extended.ts';
export { formatLargeCommunity, type LargeCommunity, parseLargeCommunity } from './large.ts';
export { formatCommunity, parseCommunity } from './standard.ts';
