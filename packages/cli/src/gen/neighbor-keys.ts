// Written by `npm run proto` from packages/daemon/src/keys/neighbor-keys.ts.

/** The keys of a neighbor in the order of docs/configuration.md. */
export const NEIGHBOR_KEYS = [
  {"name":"address","key":"address","message":"address","type":"address"},
  {"name":"remoteAs","key":"remote-as","message":"remoteAs","type":"as-number","option":{"flags":"--as <number>","help":"the neighbor's AS; ours makes it iBGP","required":true}},
  {"name":"description","key":"description","message":"description","type":"text","max":255,"option":{"flags":"--description <text>","help":"free text"}},
  {"name":"localAs","key":"local-as","message":"localAs","type":"as-number","option":{"flags":"--local-as <number>","help":"our AS towards it, where it differs"}},
  {"name":"families","key":"families","message":"families","type":"family","list":true,"option":{"flags":"--families <list>","help":"ipv4-unicast, ipv6-unicast"}},
  {"name":"passive","key":"passive","message":"passive","type":"flag","default":false,"option":{"flags":"--passive","help":"never connect, only wait"}},
  {"name":"multihopTtl","key":"multihop","message":"multihopTtl","type":"integer","min":1,"max":255,"example":2,"option":{"flags":"--multihop <ttl>","help":"IP TTL for a neighbor that is not on a connected network"}},
  {"name":"remotePort","key":"port","message":"remotePort","type":"integer","min":1,"max":65535,"default":179,"example":179,"option":{"flags":"--port <number>","help":"TCP port to connect to"}},
  {"name":"localAddress","key":"local-address","message":"localAddress","type":"address","option":{"flags":"--local-address <address>","help":"where our connections come from"}},
  {"name":"holdTimeSeconds","key":"hold-time","message":"holdTime","type":"integer","min":0,"max":65535,"default":90,"example":90,"option":{"flags":"--hold-time <seconds>","help":"0, or 3 to 65535"}},
  {"name":"connectRetrySeconds","key":"connect-retry","message":"connectRetry","type":"integer","min":1,"max":65535,"default":10,"example":10,"option":{"flags":"--connect-retry <seconds>","help":"between two attempts"}},
  {"name":"policy","key":"policy","sets":["importPolicy","exportPolicy"],"type":"choice","values":["accept-all","deny-all"],"option":{"flags":"--policy <policy>","help":"for import and export"}},
  {"name":"importPolicy","key":"import","message":"importPolicy","type":"choice","values":["accept-all","deny-all"],"option":{"flags":"--import <policy>","help":"routes from it; without: deny-all for eBGP"}},
  {"name":"exportPolicy","key":"export","message":"exportPolicy","type":"choice","values":["accept-all","deny-all"],"option":{"flags":"--export <policy>","help":"routes towards it; without: deny-all for eBGP"}},
  {"name":"routeServerClient","key":"route-server-client","message":"routeServerClient","type":"flag","default":false,"option":{"flags":"--route-server-client","help":"RFC 7947"}},
  {"name":"nextHopSelf","key":"next-hop-self","message":"nextHopSelf","type":"flag","default":false,"option":{"flags":"--next-hop-self","help":"NEXT_HOP towards it is our address"}},
  {"name":"enabled","key":"enabled","message":"enabled","type":"flag","default":true,"option":{"flags":"--disabled","help":"leave it down for now","negated":true}},
] as const;
