/** The rows of the table of families (families.ts): each export is one. */
export { bgpLs } from './bgp-ls.ts';
export { evpn } from './evpn.ts';
export { flowspec } from './flowspec.ts';
export { ipPrefix } from './ip-prefix.ts';
export { labeledUnicast } from './labeled-unicast.ts';
export { mcastVpn } from './mcast-vpn.ts';
export { mup } from './mup.ts';
export { routeTarget } from './route-target.ts';
export { srPolicy } from './sr-policy.ts';
export { vpls } from './vpls.ts';
export { vpn } from './vpn.ts';
