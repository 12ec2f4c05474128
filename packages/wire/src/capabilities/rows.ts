/** The rows of the table of capabilities (registry.ts): each export is one. */
export { addPath, pathsLimit } from './add-path.ts';
export { bgpsec } from './bgpsec.ts';
export { dynamic, dynamicDeprecated, multisession, multisessionCisco } from './dynamic.ts';
export {
  bfdStrict,
  enhancedRouteRefresh,
  extendedMessage,
  linkLocalNextHop,
  operational,
  routeRefresh,
  routeRefreshCisco,
} from './empty.ts';
export { extendedNextHop } from './extended-next-hop.ts';
export { fourOctetAs } from './four-octet-as.ts';
export { gracefulRestart, longLivedGracefulRestart } from './graceful-restart.ts';
export { fqdn, softwareVersion } from './identity.ts';
export { multipleLabels } from './multiple-labels.ts';
export { multiprotocol } from './multiprotocol.ts';
export { outboundRouteFiltering, outboundRouteFilteringCisco } from './outbound-route-filtering.ts';
export { role } from './role.ts';
