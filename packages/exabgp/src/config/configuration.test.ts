/** The configuration language: inheritance, defaults, checks, and errors that say where and what. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CorpusCase, corpusFiles, corpusJson } from '../../test/corpus.ts';
import { ConfigurationError, parseConfiguration } from './configuration.ts';
import { neighborName } from './neighbor.ts';

const PLACES = { etc: '/nowhere', folder: '/bin', path: '/usr/bin:/bin' };
const parse = (text: string) => parseConfiguration(text, 'exabgp.conf', PLACES);
const BASE = 'local-address 192.0.2.2; local-as 65000; peer-as 65001;';

function only(body: string, rest = '') {
  const { neighbors } = parse(`${rest} neighbor 192.0.2.1 { ${body} }`);
  assert.equal(neighbors.length, 1);
  return neighbors[0]!;
}

test('defaults of a neighbor', () => {
  const neighbor = only(BASE);
  assert.equal(
    neighborName(neighbor),
    'neighbor 192.0.2.1 local-ip 192.0.2.2 local-as 65000 peer-as 65001 router-id 192.0.2.2 family-allowed in-open',
  );
  const { holdTimeSeconds, passive, groupUpdates, autoFlush, adjRibIn, adjRibOut, manualEor, capabilities } = neighbor;
  assert.deepEqual(
    [holdTimeSeconds, passive, groupUpdates, autoFlush, adjRibIn, adjRibOut, manualEor],
    [180, false, true, true, true, true, false],
  );
  assert.deepEqual([capabilities.asn4, capabilities['route-refresh'], capabilities['extended-message']], [true, false, true]);
  assert.equal(neighbor.families.length, 21);
});

test('keywords without a value; asdot; auto', () => {
  const neighbor = only(
    'local-address auto; router-id 192.0.2.9; local-as 1.10; peer-as auto; passive; adj-rib-in; capability { route-refresh; graceful-restart; }',
  );
  assert.deepEqual([neighbor.localAs, neighbor.peerAs, neighbor.passive, neighbor.adjRibIn], [65_546, 'auto', true, false]);
  assert.deepEqual([neighbor.capabilities['route-refresh'], neighbor.capabilities['graceful-restart']], [true, 0]);
});

test('inherit: what is absent is copied, lists are joined, and a value of the template wins', () => {
  const template =
    'template { neighbor t { hold-time 30; description "of t"; family { ipv4 unicast; } static { route 10.0.0.0/8 next-hop 192.0.2.1; } } }';
  const neighbor = only(
    `inherit t; ${BASE} hold-time 90; family { ipv6 unicast; } static { route 11.0.0.0/8 next-hop 192.0.2.1; }`,
    template,
  );
  assert.deepEqual([neighbor.holdTimeSeconds, neighbor.description, neighbor.families.length, neighbor.routes.length], [30, 'of t', 2, 2]);
});

test('ranges are passive; several neighbors of one address need another identity', () => {
  assert.deepEqual(
    parse(`neighbor 10.0.0.0/8 { ${BASE} }`).neighbors.map(({ peerAddress, rangeBits, passive }) => [peerAddress, rangeBits, passive]),
    [['10.0.0.0', 8, true]],
  );
  assert.equal(parse(`neighbor 192.0.2.1 { ${BASE} } neighbor 192.0.2.1 { ${BASE.replace('65000', '65009')} }`).neighbors.length, 2);
});

test('processes: found on the path, with their arguments as a shell would divide them', () => {
  const { processes } = parse('process p { run sh -c "echo a b" x,y; encoder json; respawn false; }');
  const [process] = processes;
  assert.match(process!.command[0]!, /\/sh$/);
  assert.deepEqual([process!.command.slice(1), process!.encoder, process!.respawn], [['-c', 'echo a b', 'x,y'], 'json', false]);
});

for (const [title, text, message] of [
  [
    'an unknown keyword',
    `neighbor 192.0.2.1 {\n ${BASE}\n hold-tiem 30;\n}`,
    /^exabgp\.conf:3: neighbor 192\.0\.2\.1 found "hold-tiem", allowed is one of inherit, description, .*\n {2}hold-tiem 30;$/s,
  ],
  ['an unknown section', 'neighbour x { }', /exabgp\.conf:1: found "neighbour", allowed is one of process, template, neighbor/],
  ['a value out of range', `neighbor 192.0.2.1 { ${BASE} hold-time 2; }`, /hold-time: found "2", allowed is 0 or 3 to 65535 seconds/],
  ['what is missing', 'neighbor 192.0.2.1 { local-as 1; }', /found no local-address, peer-as, e\.g\./],
  ['another IP version', 'neighbor ::1 { local-address 192.0.2.1; local-as 1; peer-as 1; }', /two addresses of one IP version/],
  ['a route without next hop', `neighbor 192.0.2.1 { ${BASE} static { route 10.0.0.0/8; } }`, /static found no next-hop/],
  [
    'host bits',
    `neighbor 192.0.2.1 { ${BASE} static { route 10.0.0.1/8 next-hop self; } }`,
    /found "10\.0\.0\.1\/8", allowed is a prefix whose bits after \/8 are zero/,
  ],
  [
    'a route of another family',
    `neighbor 192.0.2.1 { ${BASE} family { ipv4 unicast; } static { route ::1/128 next-hop ::1; } }`,
    /found a route of ipv6 unicast/,
  ],
  ['two of one name', `template { neighbor t { } neighbor t { } }`, /found a second template t/],
  ['two of one identity', `neighbor 192.0.2.1 { ${BASE} } neighbor 192.0.2.1 { ${BASE} }`, /found a second "neighbor 192\.0\.2\.1/],
  ['an unknown template', `neighbor 192.0.2.1 { inherit t; ${BASE} }`, /found "t", allowed is the name of a template/],
  [
    'an unknown process',
    `neighbor 192.0.2.1 { ${BASE} api { processes [ p ]; } }`,
    /found process p, allowed is a process of the file: none/,
  ],
  [
    'a program that is not there',
    'process p { run /nowhere/p; }',
    /found "\/nowhere\/p", allowed is a program that can be run; it is in none of/,
  ],
  ['both protections', `neighbor 192.0.2.1 { ${BASE} md5-password x; tcp-ao { keyid 1; password y; } }`, /one of the two/],
  [
    'a wrong flow',
    `neighbor 192.0.2.1 { ${BASE} flow { route f { match { port [ =70000 ]; } } } }`,
    /flow found "=70000", allowed is a number up to 65535/,
  ],
  [
    'a wrong community',
    `neighbor 192.0.2.1 { ${BASE} static { route 10.0.0.0/8 next-hop self community 70000:1; } }`,
    /found "70000:1", allowed is a community/,
  ],
] as const) {
  test(`error: ${title}`, () => {
    assert.throws(
      () => parse(text),
      (error) => error instanceof ConfigurationError && message.test(error.message),
    );
  });
}

test('a password is not in its error', () => {
  const secret = 's'.repeat(81);
  assert.throws(
    () => parse(`neighbor 192.0.2.1 { ${BASE} md5-password ${secret}; }`),
    (error) =>
      error instanceof ConfigurationError &&
      /81 octets/.test(error.message.split('\n')[0]!) &&
      !error.message.split('\n')[0]!.includes(secret),
  );
});

const texts = ['encoding', 'api'].flatMap((folder) =>
  corpusFiles(folder).flatMap((file) => {
    const found = corpusJson<CorpusCase>(`${folder}/${file}`)!;
    return found.config ?? found.config_files?.map(({ text }) => text) ?? [];
  }),
);

test('changed files are accepted or refused with a ConfigurationError, and never hang', {
  skip: texts.length === 0 && 'the folder ../shared is not there',
}, () => {
  const change = fc.record({
    at: fc.nat(4000),
    remove: fc.nat(12),
    insert: fc.constantFrom('', '{', '}', ';', '[', ']', '"', '\\', '0', ' 99999999999 ', '/', ':', 'route ', 'self'),
  });
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(change, { maxLength: 4 }), (text, changes) => {
      let changed = text;
      for (const { at, remove, insert } of changes) {
        const place = at % (changed.length + 1);
        changed = changed.slice(0, place) + insert + changed.slice(place + remove);
      }
      try {
        parse(changed);
      } catch (error) {
        assert.ok(error instanceof ConfigurationError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test('words with control characters are refused as any other word', () => {
  for (const [text, message] of [
    ['process p { run /bin/s\0h; }', /found "\/bin\/s.h", allowed is a program and arguments without the character NUL/s],
    ['process p { run /bin/sh "a\0b"; }', /without the character NUL/],
    [
      `neighbor 192.0.2.1 { ${BASE} flow { route { match { destination-port "=80\\nx"; } then { discard; } } } }`,
      /found "=80.x", allowed/s,
    ],
    [`neighbor 192.0.2.1 { ${BASE} flow { route { match { tcp-flags "syn\\nx"; } then { discard; } } } }`, /found "syn.x", allowed/s],
  ] as const) {
    assert.throws(
      () => parse(text),
      (error) => error instanceof ConfigurationError && message.test(error.message),
      text,
    );
  }
});
