import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import fc from 'fast-check';
import type { NeighborConfig } from '../control-plane.ts';
import { completeDecision } from '../keys/decision-keys.ts';
import { type ConfigError, type ConfigErrorCode, ConfigRejected } from './config-error.ts';
import { loadConfig, parseConfig } from './load.ts';

const GLOBAL = 'global: { as: 64500, router-id: 192.0.2.254 }\n';

function errorsOf(text: string): readonly ConfigError[] {
  try {
    parseConfig(text, 'tsbgpd.yaml');
  } catch (error) {
    if (error instanceof ConfigRejected) return error.errors;
    throw error;
  }
  return [];
}

function neighbors(text: string): readonly NeighborConfig[] {
  return parseConfig(GLOBAL + text, 'tsbgpd.yaml').config.neighbors;
}

test('an error reads as in the style guide: place, path, what was found, what is allowed, an example', () => {
  const text = `${GLOBAL}neighbors:
  - address: 192.0.2.1
    remote-as: 64501
  - address: 192.0.2.2
    remote-as: 64502
    hold-time: 2
`;
  assert.deepEqual(
    errorsOf(text).map((error) => error.message),
    ['tsbgpd.yaml:7:16 neighbors[1].hold-time: found 2, allowed 0 or 3 to 65535 seconds (RFC 4271 §4.2), e.g. "hold-time: 90"'],
  );
});

test('what is left out has the documented default', () => {
  const { config, warnings } = parseConfig(`${GLOBAL}neighbors: [ { address: 192.0.2.1, remote-as: 64500 } ]`, 'f.yaml');
  assert.deepEqual(config, {
    file: 'f.yaml',
    setFiles: { uses: [], written: undefined, files: config.setFiles.files },
    policyScripts: {},
    global: {
      as: 64500,
      routerId: '192.0.2.254',
      listen: [
        { host: '0.0.0.0', port: 179 },
        { host: '::', port: 179 },
      ],
      listenIsDefault: true,
      decision: completeDecision(),
      restartDeferralSeconds: 240,
    },
    neighbors: [
      {
        address: '192.0.2.1',
        remoteAs: 64500,
        localAs: undefined,
        description: undefined,
        password: undefined,
        ttlSecurityHops: undefined,
        group: undefined,
        tags: [],
        families: [IPV4_UNICAST],
        passive: false,
        remotePort: 179,
        localAddress: undefined,
        multihopTtl: undefined,
        holdTimeSeconds: 90,
        connectRetrySeconds: 10,
        importPolicy: undefined,
        exportPolicy: undefined,
        routeServerClient: false,
        nextHopSelf: false,
        aigp: undefined,
        bestPathOnly: false,
        ownAsRoutes: false,
        prependOwnAs: false,
        obeyWellKnownCommunities: false,
        controlCommunities: false,
        controlCommunitiesAs: undefined,
        addPath: undefined,
        addPathMax: undefined,
        pathsLimit: undefined,
        localAsNoPrepend: false,
        localAsReplaceAs: false,
        localAsDualAs: false,
        removePrivateAs: undefined,
        allowasIn: 0,
        asOverride: false,
        enforceFirstAs: undefined,
        acceptAsSets: false,
        acceptLongAsPaths: false,
        routeReflectorClient: false,
        clusterId: undefined,
        clientToClientReflection: true,
        role: undefined,
        strictRole: false,
        rov: 'mark',
        aspa: 'mark',
        aspaRole: undefined,
        rovCommunity: false,
        maxPrefix: undefined,
        maxPrefixAccepted: undefined,
        maxPrefixAction: 'shutdown',
        maxPrefixWarning: 75,
        maxPrefixRestart: undefined,
        maxPaths: 8_000_000,
        maxAttributeSets: 1_000_000,
        keepRejectedRoutes: true,
        refreshStaleTimeSeconds: 600,
        orfReceive: false,
        gracefulRestart: 'helper',
        restartTimeSeconds: 120,
        stalePathTimeSeconds: 360,
        gracefulNotification: true,
        forwardingState: true,
        longLivedGracefulRestart: undefined,
        sendStaleRoutes: false,
        defaultOriginate: false,
        defaultOriginateWhile: undefined,
        advertisementIntervalSeconds: undefined,
        flapDamping: false,
        nextHopUnchanged: false,
        nextHopIpv4: undefined,
        nextHopIpv6: undefined,
        blackholeCommunity: undefined,
        extendedNextHop: false,
        gracefulShutdown: true,
        enabled: true,
      },
    ],
    processes: [],
    policy: { sets: undefined, policies: undefined },
    rpki: { caches: [], files: [], slurm: [], waitSeconds: 0 },
    mrt: { tables: undefined, messages: undefined },
    own: {
      routes: [],
      aggregates: [],
      conditions: [],
      damping: { halfLifeSeconds: 900, reuse: 750, suppress: 6000, maxSuppressSeconds: 3600 },
      updateDelaySeconds: 0,
    },
    api: { unixSocket: undefined, mode: 0o660, tcp: undefined, hosts: [], writeBack: true, access: { role: 'admin', tokens: [] } },
    http: undefined,
    log: { level: 'info', format: 'auto' },
  });
  assert.deepEqual(warnings, []);
});

test('every key arrives where it belongs', () => {
  const { config } = parseConfig(
    `
global: { as: 64500, router-id: 192.0.2.254, listen: ["192.0.2.254:1179", "[2001:DB8::1]:0"], decision: { always-compare-med: true, multipath: 4 } }
groups: { transit: { hold-time: 7 } }
neighbors:
  - address: "2001:DB8:0::2"
    remote-as: 64501
    local-as: 64999
    description: 4711
    group: transit
    tags: [paid, new]
    password: between us
    families: [ipv6-unicast, ipv4-unicast]
    max-prefix: { ipv4-unicast: 1000, ipv6-unicast: 500 }
    max-prefix-accepted: 900
    max-prefix-action: discard
    max-prefix-warning: 90
    max-prefix-restart: 30
    max-paths: 2000
    max-attribute-sets: 100
    keep-rejected-routes: false
    refresh-stale-time: 360
    orf-receive: true
    passive: true
    multihop: 3
    port: 1180
    local-address: 2001:db8::1
    hold-time: 0
    connect-retry: 120
    import: accept-all
    export: deny-all
    route-server-client: true
    best-path-only: true
    own-as-routes: true
    prepend-own-as: true
    obey-well-known-communities: true
    control-communities: true
    control-communities-as: 65534
    add-path: both
    add-path-max: 3
    paths-limit: 10
    aigp: true
    local-as-no-prepend: true
    local-as-replace-as: true
    local-as-dual-as: true
    allowas-in: 2
    enforce-first-as: false
    accept-as-sets: true
    accept-long-as-paths: true
    role: rs
    strict-role: true
    rov: reject-invalid
    aspa: off
    aspa-role: peer
    rov-community: true
    default-originate: true
    default-originate-while: transit-up
    graceful-restart: restarting
    restart-time: 180
    stale-path-time: 240
    graceful-notification: false
    forwarding-state: false
    long-lived-graceful-restart: 86400
    advertisement-interval: 5
    damping: true
    next-hop-unchanged: true
    next-hop-ipv4: 192.0.2.7
    next-hop-ipv6: 2001:DB8::7
    extended-next-hop: true
    graceful-shutdown: false
    blackhole-community: no-advertise
    enabled: false
conditions: [ { name: transit-up, present: [0.0.0.0/0] } ]
api: { unix-socket: /tmp/a.sock, mode: 0600, tcp: "[::1]:50051", hosts: [Router1.example.net, 2001:DB8::1], write-back: false, role: read-only }
http: { listen: 127.0.0.1:9179, hosts: [router1] }
log: { level: debug, format: json }
`,
    'f.yaml',
  );
  assert.deepEqual(config.global.listen, [
    { host: '192.0.2.254', port: 1179 },
    { host: '2001:db8::1', port: 0 },
  ]);
  assert.deepEqual(config.global.decision, completeDecision({ alwaysCompareMed: true, multipath: 4 }));
  assert.deepEqual(config.neighbors[0], {
    address: '2001:db8::2',
    remoteAs: 64501,
    localAs: 64999,
    description: '4711',
    group: 'transit',
    tags: ['paid', 'new'],
    password: { value: 'between us' },
    ttlSecurityHops: undefined,
    families: [IPV6_UNICAST, IPV4_UNICAST],
    passive: true,
    remotePort: 1180,
    localAddress: '2001:db8::1',
    multihopTtl: 3,
    holdTimeSeconds: 0,
    connectRetrySeconds: 120,
    importPolicy: 'accept-all',
    exportPolicy: 'deny-all',
    routeServerClient: true,
    nextHopSelf: false,
    aigp: true,
    bestPathOnly: true,
    ownAsRoutes: true,
    prependOwnAs: true,
    obeyWellKnownCommunities: true,
    controlCommunities: true,
    controlCommunitiesAs: 65534,
    addPath: 'both',
    addPathMax: 3,
    pathsLimit: 10,
    localAsNoPrepend: true,
    localAsReplaceAs: true,
    localAsDualAs: true,
    removePrivateAs: undefined,
    allowasIn: 2,
    asOverride: false,
    enforceFirstAs: false,
    acceptAsSets: true,
    acceptLongAsPaths: true,
    routeReflectorClient: false,
    clusterId: undefined,
    clientToClientReflection: true,
    role: 'rs',
    strictRole: true,
    rov: 'reject-invalid',
    aspa: 'off',
    aspaRole: 'peer',
    rovCommunity: true,
    maxPrefix: { 'ipv4-unicast': 1000, 'ipv6-unicast': 500 },
    maxPrefixAccepted: { 'ipv4-unicast': 900, 'ipv6-unicast': 900 },
    maxPrefixAction: 'discard',
    maxPrefixWarning: 90,
    maxPrefixRestart: 30,
    maxPaths: 2000,
    maxAttributeSets: 100,
    keepRejectedRoutes: false,
    refreshStaleTimeSeconds: 360,
    orfReceive: true,
    gracefulRestart: 'restarting',
    restartTimeSeconds: 180,
    stalePathTimeSeconds: 240,
    gracefulNotification: false,
    forwardingState: false,
    longLivedGracefulRestart: { 'ipv4-unicast': 86_400, 'ipv6-unicast': 86_400 },
    sendStaleRoutes: false,
    defaultOriginate: true,
    defaultOriginateWhile: 'transit-up',
    advertisementIntervalSeconds: 5,
    flapDamping: true,
    nextHopUnchanged: true,
    nextHopIpv4: '192.0.2.7',
    nextHopIpv6: '2001:db8::7',
    extendedNextHop: true,
    gracefulShutdown: false,
    blackholeCommunity: 'no-advertise',
    enabled: false,
  });
  assert.deepEqual(config.api, {
    unixSocket: '/tmp/a.sock',
    mode: 0o600,
    tcp: { host: '::1', port: 50051 },
    hosts: ['router1.example.net', '2001:db8::1'],
    writeBack: false,
    access: { role: 'read-only', tokens: [] },
  });
  assert.deepEqual(config.http, { host: '127.0.0.1', port: 9179, hosts: ['router1'] });
  assert.deepEqual(config.log, { level: 'debug', format: 'json' });
});

test('JSON is a subset', () => {
  const json = { global: { as: 64500, 'router-id': '192.0.2.254' }, neighbors: [{ address: '192.0.2.1', 'remote-as': 64501 }] };
  assert.equal(parseConfig(JSON.stringify(json), 'f.json').config.neighbors[0]?.remoteAs, 64501);
});

for (const [written, as] of [
  ['65001', 65001],
  ['4294967294', 4_294_967_294],
  ['1.10', 65546],
  ['"1.10"', 65546],
  ['1.1', 65537],
  ['"65001"', 65001],
  ['0.1', 1],
] as const) {
  test(`RFC 5396: the AS number ${written} is ${as}`, () => {
    assert.equal(parseConfig(`global: { as: ${written}, router-id: 192.0.2.254 }`, 'f').config.global.as, as);
  });
}

for (const written of [
  '0',
  '65535',
  '4294967295',
  '0.65535',
  '65535.65535',
  '23456',
  '0.23456',
  '4294967296',
  '-1',
  '1.65536',
  '65536.0',
  'AS65001',
  '1e3',
  '0x10',
  '1.5.1',
  '[1]',
  '~',
]) {
  test(`${written} is no AS number`, () => {
    const [error, ...more] = errorsOf(`global: { as: ${written}, router-id: 192.0.2.254 }`);
    assert.equal(error?.path, 'global.as');
    assert.deepEqual(more, []);
  });
}

test('families without a word: the one of the address', () => {
  const [v4, v6] = neighbors('neighbors: [{ address: 192.0.2.1, remote-as: 1 }, { address: "2001:db8::1", remote-as: 1 }]');
  assert.deepEqual([v4?.families, v6?.families], [[IPV4_UNICAST], [IPV6_UNICAST]]);
});

test('defaults hold for every neighbor that does not say otherwise', () => {
  const [one, two] = neighbors(`
defaults: { remote-as: 64501, policy: accept-all, hold-time: 30, passive: true, families: [ipv4-unicast, ipv6-unicast] }
neighbors:
  - { address: 192.0.2.1 }
  - { address: 192.0.2.2, remote-as: 64502, hold-time: 60, export: deny-all, passive: false, families: [ipv6-unicast] }
`);
  assert.deepEqual(
    [one?.remoteAs, one?.holdTimeSeconds, one?.importPolicy, one?.exportPolicy, one?.passive],
    [64501, 30, 'accept-all', 'accept-all', true],
  );
  assert.deepEqual(
    [two?.remoteAs, two?.holdTimeSeconds, two?.importPolicy, two?.exportPolicy, two?.passive],
    [64502, 60, 'accept-all', 'deny-all', false],
  );
  assert.deepEqual(two?.families, [IPV6_UNICAST]);
});

test("a neighbor's policy outweighs an import that stands in defaults", () => {
  const [one] = neighbors('defaults: { import: deny-all }\nneighbors: [{ address: 192.0.2.1, remote-as: 1, policy: accept-all }]');
  assert.deepEqual([one?.importPolicy, one?.exportPolicy], ['accept-all', 'accept-all']);
});

test('control-communities in defaults count for clients of the route server only', () => {
  const { config } = parseConfig(
    `global: { as: 64500, router-id: 192.0.2.254 }
defaults: { control-communities: true, policy: accept-all }
neighbors: [{ address: 192.0.2.1, remote-as: 1, route-server-client: true }, { address: 192.0.2.2, remote-as: 2 }]`,
    'f.yaml',
  );
  assert.deepEqual(
    config.neighbors.map(({ controlCommunities }) => controlCommunities),
    [true, false],
  );
});

test('multihop and route-server-client in defaults count for eBGP only', () => {
  const [ebgp, ibgp] = neighbors(`
defaults: { multihop: 2, route-server-client: true }
neighbors: [{ address: 192.0.2.1, remote-as: 64501 }, { address: 192.0.2.2, remote-as: 64500 }]
`);
  assert.deepEqual([ebgp?.multihopTtl, ebgp?.routeServerClient], [2, true]);
  assert.deepEqual([ibgp?.multihopTtl, ibgp?.routeServerClient], [undefined, false]);
});

test('aliases unfold', () => {
  const [one, two] = neighbors(`
neighbors:
  - { address: 192.0.2.1, remote-as: 1, families: &both [ipv4-unicast, ipv6-unicast] }
  - { address: 192.0.2.2, remote-as: 1, families: *both }
`);
  assert.deepEqual(one?.families, two?.families);
});

/** Each: what is wrong, the file after GLOBAL, and code, path, line, column of the one error. */
const wrong: [string, string, ConfigErrorCode, string, number, number][] = [
  ['an unknown key at the top', 'neighbours: []', 'unknown-key', 'neighbours', 2, 1],
  [
    'a merge key',
    'neighbors:\n- &a { address: 192.0.2.1, remote-as: 1 }\n- { <<: 1, address: 192.0.2.2, remote-as: 1 }',
    'unknown-key',
    'neighbors[1].<<',
    4,
    5,
  ],
  ['a key twice', 'log: {}\nlog: {}', 'duplicate-key', 'log', 3, 1],
  ['a missing address', 'neighbors:\n  - remote-as: 1', 'missing-key', 'neighbors[0].address', 3, 5],
  ['a missing remote-as', 'neighbors:\n  - address: 192.0.2.1', 'missing-key', 'neighbors[0].remote-as', 3, 5],
  ['a number as text', 'neighbors: [{ address: 192.0.2.1, remote-as: 1, hold-time: "90" }]', 'wrong-type', 'neighbors[0].hold-time', 2, 60],
  ['a fraction', 'neighbors: [{ address: 192.0.2.1, remote-as: 1, hold-time: 90.5 }]', 'invalid-value', 'neighbors[0].hold-time', 2, 60],
  ['a text as flag', 'neighbors: [{ address: 192.0.2.1, remote-as: 1, passive: yes }]', 'wrong-type', 'neighbors[0].passive', 2, 58],
  ['a list where a mapping belongs', 'log: []', 'wrong-type', 'log', 2, 6],
  ['a mapping where a list belongs', 'neighbors: {}', 'wrong-type', 'neighbors', 2, 12],
  ['nothing where a list belongs', 'neighbors:', 'wrong-type', 'neighbors', 2, 11],
  ['hold time 1', 'defaults: { hold-time: 1 }', 'invalid-value', 'defaults.hold-time', 2, 24],
  ['hold time 65536', 'defaults: { hold-time: 65536 }', 'invalid-value', 'defaults.hold-time', 2, 24],
  ['port 0 to connect to', 'defaults: { port: 0 }', 'invalid-value', 'defaults.port', 2, 19],
  ['TTL 256', 'defaults: { multihop: 256 }', 'invalid-value', 'defaults.multihop', 2, 23],
  ['an unknown policy', 'defaults: { policy: accept }', 'unknown-name', 'defaults.policy', 2, 21],
  ['an unknown family', 'defaults: { families: [ipv4] }', 'invalid-value', 'defaults.families[0]', 2, 24],
  ['a family with too large a number', 'defaults: { families: [afi-1/safi-256] }', 'invalid-value', 'defaults.families[0]', 2, 24],
  ['a family twice', 'defaults: { families: [ipv4-unicast, ipv4-unicast] }', 'duplicate-value', 'defaults.families[1]', 2, 38],
  ['no family', 'defaults: { families: [] }', 'invalid-value', 'defaults.families', 2, 23],
  ['an address in defaults', 'defaults: { address: 192.0.2.1 }', 'unknown-key', 'defaults.address', 2, 13],
  ['an address that is none', 'neighbors: [{ address: 192.0.2.256, remote-as: 1 }]', 'invalid-value', 'neighbors[0].address', 2, 24],
  ['a host name', 'neighbors: [{ address: router1, remote-as: 1 }]', 'invalid-value', 'neighbors[0].address', 2, 24],
  ['a prefix', 'neighbors: [{ address: 192.0.2.0/24, remote-as: 1 }]', 'invalid-value', 'neighbors[0].address', 2, 24],
  ['a multicast address', 'neighbors: [{ address: 224.0.0.1, remote-as: 1 }]', 'invalid-value', 'neighbors[0].address', 2, 24],
  ['an IPv6 multicast address', 'neighbors: [{ address: "ff02::1", remote-as: 1 }]', 'invalid-value', 'neighbors[0].address', 2, 24],
  ['the unspecified address', 'neighbors: [{ address: "::", remote-as: 1 }]', 'invalid-value', 'neighbors[0].address', 2, 24],
  ['an IPv4-mapped address', 'neighbors: [{ address: "::ffff:192.0.2.1", remote-as: 1 }]', 'invalid-value', 'neighbors[0].address', 2, 24],
  [
    'a neighbor twice',
    'neighbors:\n- { address: 192.0.2.1, remote-as: 1 }\n- { address: 192.0.2.1, remote-as: 2 }',
    'duplicate-neighbor',
    'neighbors[1].address',
    4,
    14,
  ],
  [
    'a neighbor twice, written differently',
    'neighbors:\n- { address: "2001:db8::1", remote-as: 1 }\n- { address: "2001:0DB8:0:0::1", remote-as: 2 }',
    'duplicate-neighbor',
    'neighbors[1].address',
    4,
    14,
  ],
  [
    'iBGP with multihop',
    'neighbors: [{ address: 192.0.2.1, remote-as: 64500, multihop: 2 }]',
    'conflicting-keys',
    'neighbors[0].multihop',
    2,
    63,
  ],
  [
    'a key of clients for a neighbor that is none',
    'neighbors: [{ address: 192.0.2.1, remote-as: 1, best-path-only: true }]',
    'conflicting-keys',
    'neighbors[0].best-path-only',
    2,
    65,
  ],
  [
    'iBGP by local-as with route-server-client',
    'neighbors: [{ address: 192.0.2.1, remote-as: 1, local-as: 1, route-server-client: true }]',
    'conflicting-keys',
    'neighbors[0].route-server-client',
    2,
    83,
  ],
  [
    'a route server client with next-hop-self',
    'neighbors: [{ address: 192.0.2.1, remote-as: 1, next-hop-self: true, route-server-client: true }]',
    'conflicting-keys',
    'neighbors[0].next-hop-self',
    2,
    64,
  ],
  ['policy with import', 'defaults: { policy: accept-all, import: deny-all }', 'conflicting-keys', 'defaults.policy', 2, 21],
  [
    'a local address of the other kind',
    'neighbors: [{ address: 192.0.2.1, remote-as: 1, local-address: "2001:db8::1" }]',
    'conflicting-keys',
    'neighbors[0].local-address',
    2,
    64,
  ],
  [
    'its own local address',
    'neighbors: [{ address: 192.0.2.1, remote-as: 1, local-address: 192.0.2.1 }]',
    'own-address',
    'neighbors[0].address',
    2,
    24,
  ],
  ['a relative socket path', 'api: { unix-socket: run/a.sock }', 'invalid-value', 'api.unix-socket', 2, 21],
  ['a socket path that no kernel takes', `api: { unix-socket: /${'a'.repeat(107)} }`, 'invalid-value', 'api.unix-socket', 2, 21],
  ['a mode that is none', 'api: { mode: 0888 }', 'invalid-value', 'api.mode', 2, 14],
  ['a host with a port', 'api: { hosts: ["router1:50051"] }', 'invalid-value', 'api.hosts[0]', 2, 16],
  ['a port without address', 'http: { listen: 9179 }', 'wrong-type', 'http.listen', 2, 17],
  ['an address without port', 'http: { listen: 127.0.0.1 }', 'invalid-value', 'http.listen', 2, 17],
  ['a host name with port', 'http: { listen: "localhost:9179" }', 'invalid-value', 'http.listen', 2, 17],
  ['a port too high', 'http: { listen: "127.0.0.1:65536" }', 'invalid-value', 'http.listen', 2, 17],
  ['an IPv6 address without brackets', 'http: { listen: "::1:9179" }', 'invalid-value', 'http.listen', 2, 17],
  ['http without listen', 'http: {}', 'missing-key', 'http.listen', 2, 7],
  [
    'two listeners on one port',
    'http: { listen: "127.0.0.1:5000" }\napi: { tcp: "127.0.0.1:5000" }',
    'duplicate-value',
    'http.listen',
    2,
    17,
  ],
  ['a level that is none', 'log: { level: verbose }', 'invalid-value', 'log.level', 2, 15],
  ['a tab', 'log:\n\tlevel: info', 'yaml-syntax', '', 3, 1],
  ['a bare IPv6 endpoint', 'http: { listen: [::1]:9179 }', 'yaml-syntax', '', 2, 22],
  ['an alias of nothing', 'log: *nobody', 'yaml-syntax', 'log', 2, 6],
  ['a tag', 'log: !include log.yaml', 'yaml-syntax', '', 2, 6],
  ['a second document', '---\nlog: {}', 'yaml-syntax', '', 2, 1],
  ['the prototype', '__proto__: { as: 1 }', 'unknown-key', '__proto__', 2, 1],
];

for (const [title, text, code, path, line, column] of wrong) {
  test(`refused with its place: ${title}`, () => {
    const got = errorsOf(GLOBAL + text).map((error) => [error.code, error.path, error.line, error.column]);
    assert.deepEqual(got[0], [code, path, line, column]);
    assert.equal(got.length, 1, JSON.stringify(got));
  });
}

test('a key that is nearly right is suggested, in whatever style it was written', () => {
  for (const [written, meant] of [
    ['holdtime', 'hold-time'],
    ['hold_time', 'hold-time'],
    ['holdTime', 'hold-time'],
    ['remote-sa', 'remote-as'],
    ['passiv', 'passive'],
  ]) {
    const [error] = errorsOf(`${GLOBAL}defaults: { ${written}: 1 }`);
    assert.match(error!.message, new RegExp(`did you mean "${meant}"\\?`), written);
  }
  assert.doesNotMatch(errorsOf(`${GLOBAL}defaults: { weather: 1 }`)[0]!.message, /did you mean/);
});

test('everything that is wrong is said at once, in the order of the file', () => {
  const errors = errorsOf(`
global:
  as: 0
  router-id: 0.0.0.0
  asn: 5
neighbors:
  - address: 192.0.2.1
    hold-time: 2
    passiv: true
  - nonsense
  - { address: 192.0.2.1, remote-as: 70000000000 }
log: { level: loud }
`);
  assert.deepEqual(
    errors.map((error) => [error.line, error.path, error.code]),
    [
      [3, 'global.as', 'invalid-value'],
      [4, 'global.router-id', 'invalid-value'],
      [5, 'global.asn', 'unknown-key'],
      [7, 'neighbors[0].remote-as', 'missing-key'],
      [8, 'neighbors[0].hold-time', 'invalid-value'],
      [9, 'neighbors[0].passiv', 'unknown-key'],
      [10, 'neighbors[1]', 'wrong-type'],
      [11, 'neighbors[2].address', 'duplicate-neighbor'],
      [11, 'neighbors[2].remote-as', 'invalid-value'],
      [12, 'log.level', 'invalid-value'],
    ],
  );
});

for (const [title, text] of [
  ['an empty file', ''],
  ['a file of comments', '# nothing\n'],
  ['a list', '- 1'],
  ['a word', 'hello'],
]) {
  test(`${title} is no configuration`, () => {
    const [error] = errorsOf(text!);
    assert.equal(error?.code, 'wrong-type');
    assert.equal(error.line, 1);
  });
}

test('a neighbor with the address and port of one of our listeners is ourselves; another port is another daemon', () => {
  const listen = 'global: { as: 1, router-id: 192.0.2.254, listen: ["127.0.0.1:1790"] }\n';
  assert.equal(errorsOf(`${listen}neighbors: [{ address: 127.0.0.1, remote-as: 2, port: 1790 }]`)[0]?.code, 'own-address');
  assert.deepEqual(errorsOf(`${listen}neighbors: [{ address: 127.0.0.1, remote-as: 2, port: 1791 }]`), []);
});

test('RFC 8212: eBGP without policy is one warning, however many neighbors it concerns', () => {
  const { warnings } = parseConfig(
    `${GLOBAL}neighbors:
  - { address: 192.0.2.1, remote-as: 64501 }
  - { address: 192.0.2.2, remote-as: 64502 }
  - { address: 192.0.2.3, remote-as: 64503, import: accept-all }
  - { address: 192.0.2.4, remote-as: 64504, policy: deny-all }
  - { address: 192.0.2.5, remote-as: 64500 }
`,
    'f',
  );
  assert.deepEqual(
    warnings.map((warning) => [warning.code, warning.path, warning.line]),
    [
      ['no-policy', 'neighbors[0]', 3],
      ['no-policy', 'neighbors[2]', 5],
    ],
  );
  assert.match(warnings[0]!.text, /imports and exports nothing \(RFC 8212\) \(and 1 more\); write "policy: accept-all"/);
  assert.match(warnings[1]!.text, /exports nothing.*write "export: accept-all"/);
});

test('a key that has no effect beside the others is warned about', () => {
  const neighbor = (keys: string) => `${GLOBAL}neighbors: [ { address: 192.0.2.1, remote-as: 64501, policy: accept-all, ${keys} } ]`;
  for (const [keys, said] of [
    ['add-path-max: 3', 'has no effect: add-path is neither send nor both'],
    ['add-path-max: 3, add-path: receive', 'has no effect: add-path is neither send nor both'],
    ['add-path-max: 3, add-path: both', undefined],
    ['paths-limit: 3, add-path: send', 'has no effect: add-path is neither receive nor both'],
    ['route-server-client: true, best-path-only: true, add-path: send', 'has no effect: the client is sent several paths (add-path)'],
    ['route-server-client: true, best-path-only: true', undefined],
    ['route-server-client: true, control-communities-as: 64510', 'has no effect: control-communities is not true'],
    ['max-prefix-restart: 5', 'has no effect: there is neither max-prefix nor max-prefix-accepted'],
    ['max-prefix-warning: 90', 'has no effect: there is neither max-prefix nor max-prefix-accepted'],
    ['max-prefix-restart: 5, max-prefix-accepted: 10', undefined],
  ] as const) {
    const { warnings } = parseConfig(neighbor(keys), 'f.yaml');
    assert.deepEqual(
      warnings.map(({ code, text }) => [code, text]),
      said === undefined ? [] : [['no-effect', said]],
      keys,
    );
  }
});

test('an API that other machines reach, and a passive neighbor that nothing listens for, are warned about', () => {
  const { warnings } = parseConfig(
    `global: { as: 1, router-id: 192.0.2.254, listen: ["0.0.0.0:179"] }
neighbors: [{ address: "2001:db8::1", remote-as: 1, passive: true }]
api: { tcp: 0.0.0.0:50051 }`,
    'f',
  );
  assert.deepEqual(
    warnings.map((warning) => warning.code),
    ['never-connects', 'api-open'],
  );
});

test('aliases that unfold without bound are refused, not unfolded', () => {
  const lines = ['a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]'];
  for (let i = 1; i < 12; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    );
  assert.equal(errorsOf(lines.join('\n'))[0]?.code, 'file-too-large');
  assert.equal(errorsOf('a: &a [*a]')[0]?.code, 'file-too-large');
});

test('a file that is not there, a folder, and octets that are not UTF-8 are told apart', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const latin = join(folder, 'latin.yaml');
  writeFileSync(latin, Uint8Array.of(0x61, 0x3a, 0x20, 0xe9, 0x0a));
  for (const [file, code] of [
    [join(folder, 'missing.yaml'), 'file-not-found'],
    [folder, 'file-unreadable'],
    [latin, 'file-unreadable'],
  ] as const) {
    assert.throws(
      () => loadConfig(file),
      (error) => error instanceof ConfigRejected && error.errors[0]?.code === code && error.errors[0].file === file,
    );
  }
});

test('500 neighbors load in well under 100 ms of processor time once the code is warm', (t) => {
  const list = Array.from({ length: 500 }, (_, i) => `  - { address: 10.0.${i >> 8}.${i & 255}, remote-as: ${64512 + i} }\n`).join('');
  const text = `${GLOBAL}defaults: { policy: accept-all }\nneighbors:\n${list}`;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    // The processor time of this thread: the clock also counts what other programs do meanwhile.
    const start = process.threadCpuUsage();
    assert.equal(parseConfig(text, 'f').config.neighbors.length, 500);
    const { user, system } = process.threadCpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
  }
  t.diagnostic(`${best.toFixed(0)} ms`);
  assert.ok(best < 100, `${best} ms`);
});

test('any text is accepted or refused with a place, and never anything else', () => {
  const word = fc.constantFrom(
    'global',
    'as',
    'neighbors',
    'address',
    'remote-as',
    'defaults',
    'families',
    'x',
    '192.0.2.1',
    '1.10',
    '[',
    ']',
    '{',
    '}',
    ':',
    '-',
    ',',
    '\n',
    '  ',
    '&a',
    '*a',
    '"',
    '<<',
    '!t',
    '~',
    '#',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), (words) => {
      for (const error of errorsOf(words.join(' '))) assert.ok(error.line >= 1 && error.column >= 1 && error.found !== '');
    }),
    { numRuns: 300 },
  );
});

test('a valid file with any one value replaced by anything never throws anything but a refusal', () => {
  const value = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.integer()),
    fc.dictionary(fc.string(), fc.string()),
  );
  const key = fc.constantFrom(
    'address',
    'remote-as',
    'families',
    'multihop',
    'port',
    'local-address',
    'hold-time',
    'policy',
    'import',
    'passive',
    'description',
  );
  fc.assert(
    fc.property(key, value, (name, replaced) => {
      const global = { as: 64500, 'router-id': '192.0.2.254' };
      const neighbor = { address: '192.0.2.1', 'remote-as': 64501, [name]: replaced };
      for (const error of errorsOf(JSON.stringify({ global, neighbors: [neighbor] }))) assert.match(error.path, /^neighbors\[0\]/);
    }),
    { numRuns: 300 },
  );
});

for (const [written, address] of [
  ['"fe80::1%eth0"', 'fe80::1%eth0'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['"FE80:0:0::1%eth0.20"', 'fe80::1%eth0.20'],
  ['"febf::7%br-lan"', 'febf::7%br-lan'],
] as const) {
  test(`RFC 4007 §11: neighbor ${written} is a link-local address with its interface`, () => {
    const { config } = parseConfig(
      `global: { as: 1, router-id: 192.0.2.254 }\nneighbors: [{ address: ${written}, remote-as: 2, policy: accept-all }]`,
      'f',
    );
    assert.equal(config.neighbors[0]?.address, address);
    assert.deepEqual(config.neighbors[0]?.families.length, 1);
  });
}

for (const [written, why] of [
  ['"fe80::1"', 'a link-local address without its interface, write e.g. fe80::1%eth0'],
  ['"fe80::1%2"', 'the name of the interface is needed, not its number'],
  ['"fe80::1%"', '"" is no name of an interface'],
  ['"fe80::1%eth0%1"', '"eth0" is no name of an interface'],
  ['"fe80::1%a/b"', '"a/b" is no name of an interface'],
  ['"fe80::1%abcdefghijklmnop"', '"abcdefghijklmnop" is no name of an interface'],
  ['"2001:db8::1%eth0"', 'an interface belongs to a link-local address only (fe80::/10)'],
  ['"192.0.2.1%eth0"', 'an interface belongs to a link-local address only (fe80::/10)'],
  ['"::1%lo"', 'an interface belongs to a link-local address only (fe80::/10)'],
] as const) {
  test(`neighbor ${written} is refused: ${why}`, () => {
    const [error] = errorsOf(`global: { as: 1, router-id: 192.0.2.254 }\nneighbors: [{ address: ${written}, remote-as: 2 }]`);
    assert.equal(error?.path, 'neighbors[0].address');
    assert.ok(error?.found.includes(why), error?.found);
  });
}

test('global.listen and local-address take a link-local address with its interface', () => {
  const text = `global: { as: 1, router-id: 192.0.2.254, listen: ["[fe80::2%eth0]:179"] }
neighbors: [{ address: "fe80::1%eth0", local-address: "fe80::2%eth0", remote-as: 2, policy: accept-all }]`;
  const { config } = parseConfig(text, 'f');
  assert.deepEqual(config.global.listen, [{ host: 'fe80::2%eth0', port: 179 }]);
  assert.equal(config.neighbors[0]?.localAddress, 'fe80::2%eth0');
});
