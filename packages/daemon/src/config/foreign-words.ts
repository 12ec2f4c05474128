/**
 * Keys of other daemons (BIRD, FRR, OpenBGPD, GoBGP, Junos, IOS, ExaBGP). The message about an unknown key says what tsbgpd calls the same
 * thing, or that it does not exist yet. Words for a key of a neighbor are in its row (keys/neighbor-keys.ts).
 */
import type { NeighborKey } from '../keys/neighbor-key.ts';
import { NEIGHBOR_KEYS } from '../keys/neighbor-keys.ts';
import { normalizedKey } from './suggest.ts';

/** The meaning of another daemon's word in our configuration. */
export type Meaning =
  /** A key of the same section. */
  | { readonly type: 'key'; readonly key: string }
  /** It is configured in another way, which the clause names. */
  | { readonly type: 'otherwise'; readonly how: string }
  /** It does not exist yet. What the RFCs call it. */
  | { readonly type: 'not-yet'; readonly what: string };

const key = (ours: string): Meaning => ({ type: 'key', key: ours });
const otherwise = (how: string): Meaning => ({ type: 'otherwise', how });
const notYet = (what: string): Meaning => ({ type: 'not-yet', what });

type Words = readonly (readonly [words: string, meaning: Meaning])[];

const POLICY = otherwise('"import" and "export" name policies of the section "policies"');
const OWN_ROUTES = otherwise('routes of our own are in the section "routes" at the top of the file');

/** In the sections of a neighbor and in `defaults`. */
const NEIGHBOR: Words = [
  ...Object.values(NEIGHBOR_KEYS).flatMap((row: NeighborKey<unknown>) =>
    row.foreign === undefined ? [] : [[row.foreign, key(row.key)] as const],
  ),
  ['timers', otherwise('the keys are "hold-time" and "connect-retry"')],
  ['keepalive keepalive-time keepalive-interval', otherwise('it is a third of "hold-time"')],
  ['ipv4 ipv6 ipv4-unicast ipv6-unicast inet inet6 inet-unicast inet6-unicast', otherwise('it is a member of "families"')],
  ['shutdown disable disabled down admin-state admin-down', otherwise('it is "enabled: false"')],
  ['route-map filter filters prefix-list distribute-list as-path-filter community-list apply-policy policies', POLICY],
  ['import-filter export-filter import-list export-list', POLICY],
  ['tcp-ao ao ao-keys key-chain keychain', notYet('TCP-AO (RFC 5925)')],
  ['export-limit maximum-prefix-out', notYet('limits of what is sent')],
  ['gr', key('graceful-restart')],
  ['bfd', notYet('BFD (RFC 5880)')],
  ['confederation confederation-member confederation-peers', otherwise('it is in "global", "confederation", for all neighbors')],
  ['peer-role', otherwise('it follows from ours, which is "role"')],
  ['prepend', POLICY],
  ['local-preference local-pref med metric weight default-med set', POLICY],
  ['community communities send-community', otherwise('communities are always sent; a policy adds and removes them')],
  ['route-refresh capability capabilities extended-message', otherwise('capabilities are offered where both sides may use them')],
  ['network networks announce static redistribute', OWN_ROUTES],
  ['aggregate-address aggregate', otherwise('aggregates are in the section "aggregates" at the top of the file')],
  ['advertise-map exist-map non-exist-map', otherwise('a route of "routes" has "while", which names one of "conditions"')],
  ['peer-group template neighbor-group inherit', otherwise('a neighbor names a section of "groups" with "group"')],
  ['dynamic-neighbor dynamic neighbor-range listen-range range allow', notYet('neighbors by prefix')],
  ['vrf rd route-distinguisher', notYet('VRFs')],
];

const GLOBAL: Words = [
  ['asn local-as local-asn my-as as-number autonomous-system', key('as')],
  ['id bgp-id bgp-identifier identifier', key('router-id')],
  ['bind listen-on listen-address listen-addresses local-address', key('listen')],
  ['port listen-port', otherwise('the port is in "listen", e.g. "0.0.0.0:1179"')],
  ['rr-cluster-id route-reflector-cluster-id', key('cluster-id')],
  ['confederation-id confederation-identifier confederation-peers confederation-members', key('confederation')],
  ['graceful-restart', otherwise('it is a key of neighbors; for all of them it is in "defaults"')],
  ['network networks redistribute', OWN_ROUTES],
  ['advertise-delay delay-first-advertisement startup-delay', key('update-delay')],
  ['use-multiple-paths maximum-paths multipath', otherwise('it is in "decision"; nothing is written into a kernel')],
  ['bestpath best-path path-selection route-selection selection route-selection-options rde', key('decision')],
  ['always-compare-med deterministic-med prefer-older compare-routerid', otherwise('it is a switch in "decision"')],
];

const DECISION: Words = [
  ['med-always compare-med med-compare', key('always-compare-med')],
  ['med-missing-as-worst missing-as-worst default-bgp-med', key('missing-med-as-worst')],
  ['as-path-ignore ignore-as-path path-metric as-path-length', key('ignore-as-path-length')],
  ['as-path-confed confed', key('count-confederations')],
  ['prefer-older route-age oldest age', key('prefer-oldest')],
  ['router-id external-compare-router-id', key('compare-router-id')],
  ['maximum-paths max-paths use-multiple-paths', key('multipath')],
  ['multipath-as-path-relax as-path-multipath-relax', key('multipath-relax')],
  ['weight', otherwise('there is no weight: LOCAL_PREF comes first')],
];

const TOP: Words = [
  ['bgp router router-bgp protocol speaker', otherwise('the sections are "global" and "neighbors"')],
  ['neighbor neighbour neighbours peer peers bgp-neighbors session sessions', key('neighbors')],
  ['peer-group peer-groups group template templates', key('groups')],
  ['neighbor-defaults', key('defaults')],
  ['as asn local-as router-id listen port', otherwise('it belongs into "global"')],
  ['grpc control socket management gobgp', key('api')],
  ['metrics prometheus', key('http')],
  ['logging logs', key('log')],
  ['policy policy-definitions filter filters route-map route-maps', key('policies')],
  ['prefix-list prefix-lists defined-sets prefix-sets prefix-set as-set as-sets community-lists', key('sets')],
  ['roa rpki-servers rtr roas rtr-servers roa-set validators', key('rpki')],
  ['bmp bmp-servers', notYet('BMP (RFC 7854)')],
  ['mrt-dump dump', key('mrt')],
  ['bfd', notYet('BFD (RFC 5880)')],
  ['static networks network announce originate', key('routes')],
  ['aggregate aggregate-address aggregate-addresses generate', key('aggregates')],
  ['dampening bgp-dampening route-flap-damping', key('damping')],
  ['update-delay', otherwise('it belongs into "global"')],
  ['kernel fib zebra device direct', otherwise('it writes no routes into a kernel, and is not meant to')],
  ['vrf vrfs', notYet('VRFs')],
  ['process process-api programs', key('processes')],
];

const API: Words = [
  ['socket unix path socket-path', key('unix-socket')],
  ['listen port address host grpc bind', key('tcp')],
  ['permissions socket-mode', key('mode')],
  ['tls cert key token auth password', notYet('authentication; put a proxy in front of "tcp", or keep to the socket')],
];
const HTTP: Words = [['address port host bind metrics prometheus', key('listen')]];
const LOG: Words = [
  ['severity verbosity verbose debug', key('level')],
  ['style json', key('format')],
  ['file path syslog destination output', otherwise('the log goes to standard output, for the service manager to keep')],
];

const ATTRIBUTES = [
  ['communities standard-community', key('community')],
  ['large-communities', key('large-community')],
  ['ext-communities extended-community extended-communities extcommunity', key('ext-community')],
  ['local-preference localpref', key('local-pref')],
  ['metric multi-exit-disc', key('med')],
  ['aspath path', key('as-path')],
  ['nexthop via gateway', key('next-hop')],
] as const satisfies Words;
const ROUTES: Words = [...ATTRIBUTES, ['network route', key('prefix')], ['condition when if exist-map', key('while')]];
const AGGREGATES: Words = [
  ...ATTRIBUTES,
  ['network aggregate', key('prefix')],
  ['suppress-specifics suppress', key('summary-only')],
  ['as-set generate-as-set', otherwise('there is no AS_SET (RFC 9774)')],
];
const CONDITIONS: Words = [
  ['exist exists exist-map', key('present')],
  ['not-exist non-exist-map missing', key('absent')],
  ['delay hysteresis hold-time', key('hold')],
];
const DAMPING: Words = [
  ['half-life-time', key('half-life')],
  ['reuse-threshold', key('reuse')],
  ['suppress-threshold cutoff', key('suppress')],
  ['max-suppress-time maximum-suppress-time max-hold-time', key('max-suppress')],
];

const RPKI: Words = [
  ['cache servers server rtr rpki-servers validators', key('caches')],
  ['file json roas static', key('files')],
  ['exceptions slurm-files', key('slurm')],
];
const CACHE: Words = [
  ['host server ip remote', key('address')],
  ['priority', key('preference')],
  ['md5 key auth-password', key('password')],
  ['source bind local source-address', key('local-address')],
  ['refresh-interval', key('refresh')],
  ['retry-interval', key('retry')],
  ['expire-interval', key('expire')],
];

const SECTIONS: Readonly<Record<string, Words>> = {
  '': TOP,
  global: GLOBAL,
  'global.decision': DECISION,
  defaults: NEIGHBOR,
  'groups.*': NEIGHBOR,
  'neighbors[]': NEIGHBOR,
  'routes[]': ROUTES,
  'aggregates[]': AGGREGATES,
  'conditions[]': CONDITIONS,
  damping: DAMPING,
  rpki: RPKI,
  'rpki.caches[]': CACHE,
  api: API,
  http: HTTP,
  log: LOG,
};

/** The foreign words of a section (`neighbors[]`) in normalized form, and their meanings. */
export function foreignWords(section: string): ReadonlyMap<string, Meaning> {
  const words = SECTIONS[section] ?? [];
  return new Map(words.flatMap(([names, meaning]) => names.split(' ').map((name) => [normalizedKey(name), meaning] as const)));
}
