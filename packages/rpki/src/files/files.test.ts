/** Files of relying parties and SLURM files: what they mean, and what is said of wrong ones. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { World } from '../../test/world.ts';
import type { RpkiSources } from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'tsbgp-rpki-'));
after(() => rmSync(folder, { recursive: true }));

/** As rpki-client writes it. */
const RPKI_CLIENT = `{
	"metadata": { "buildmachine": "rpki.example", "roas": 2, "vrps": 3 },
	"roas": [
		{ "asn": 64496, "prefix": "192.0.2.0/24", "maxLength": 24, "ta": "apnic", "expires": 4102444800 },
		{ "asn": 64496, "prefix": "192.0.2.0/24", "maxLength": 24, "ta": "ripe", "expires": 4102444800 },
		{ "asn": 64497, "prefix": "2001:db8::/32", "maxLength": 48, "ta": "ripe", "expires": 4102444800 },
		{ "asn": 64498, "prefix": "198.51.100.0/24", "maxLength": 24, "ta": "ripe", "expires": 1000000000 }
	],
	"bgpsec_keys": [ { "asn": 1, "ski": "00", "pubkey": "x\\"}]\\\\" } ],
	"aspas": [
		{ "customer_asid": 64496, "expires": 4102444800, "providers": [ 64500, 64499 ] },
		{ "customer_asid": 64497, "expires": 1000000000, "providers": [ 64500 ] }
	]
}
`;

/** As Routinator writes it. */
const ROUTINATOR = `{"metadata":{"generated":1764500000},"roas":[{"asn":"AS64496","prefix":"192.0.2.0/24","maxLength":24,"ta":"ripe"}],"routerKeys":[],
"aspas":[{"customer":"AS64496","providers":["AS64499","AS64500"],"ta":"ripe"}]}`;

const SLURM = `{
  "slurmVersion": 2,
  "validationOutputFilters": {
    "prefixFilters": [{ "prefix": "192.0.2.0/24", "comment": "all of it" }, { "asn": 64510 }],
    "bgpsecFilters": [],
    "aspaFilters": [{ "customerAsn": 64496 }]
  },
  "locallyAddedAssertions": {
    "prefixAssertions": [{ "asn": 64497, "prefix": "203.0.113.0/24" }, { "asn": 64497, "prefix": "2001:db8:5::/48", "maxPrefixLength": 64 }],
    "bgpsecAssertions": [{ "asn": 1, "SKI": "", "routerPublicKey": "" }],
    "aspaAssertions": [{ "customerAsn": 64496, "providerAsns": [64511] }]
  }
}
`;

suite('exports', () => {
  test('rpki-client: VRPs and ASPAs, those left out that expired', async () => {
    const world = await loaded({ files: [written('rpki-client.json', RPKI_CLIENT)] });
    assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS64496', '2001:db8::/32-48 AS64497']);
    assert.deepEqual(aspas(world), { 64496: [64499, 64500] });
    assert.equal(world.client.status().ready, true);
    const [status] = world.client.status().files;
    assert.deepEqual([status?.kind, status?.ipv4, status?.ipv6, status?.aspas, status?.loadedSeconds], ['export', 1, 1, 1, 0]);
  });

  test('Routinator: AS numbers as text', async () => {
    const world = await loaded({ files: [written('routinator.json', ROUTINATOR)] });
    assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS64496']);
    assert.deepEqual(aspas(world), { 64496: [64499, 64500] });
  });

  test('several ASPAs of a customer are one', async () => {
    const text = '{"aspas":[{"customer":1,"providers":[3]},{"customer":1,"providers":[2]}]}';
    assert.deepEqual(aspas(await loaded({ files: [written('two.json', text)] })), { 1: [2, 3] });
  });

  test('what a file says anew replaces what it said, and a file that is wrong leaves what it said', async () => {
    const file = written('changing.json', '{"roas":[{"prefix":"10.0.0.0/8","asn":1},{"prefix":"11.0.0.0/8","asn":1}]}');
    const world = await loaded({ files: [file] });
    written('changing.json', '{"roas":[{"prefix":"10.0.0.0/8","asn":1},{"prefix":"12.0.0.0/8","asn":1}]}');
    assert.deepEqual(await world.client.reloadFiles(), []);
    assert.deepEqual(world.vrps(), ['10.0.0.0/8-8 AS1', '12.0.0.0/8-8 AS1']);
    written('changing.json', '{"roas":[{"prefix":"13.0.0.0/8","asn":1},{"prefix":"14.0.0.0/8"}]}');
    const [error] = await world.client.reloadFiles();
    assert.deepEqual([error?.line, error?.pointer], [1, '/roas/1']);
    assert.deepEqual(world.vrps(), ['10.0.0.0/8-8 AS1', '12.0.0.0/8-8 AS1']);
    assert.equal(world.client.status().files[0]!.error, error!.message);
    assert.equal(world.client.status().ready, false);
  });

  test('a file that is not named any longer is forgotten', async () => {
    const world = await loaded({ files: [written('a.json', '{"roas":[{"prefix":"10.0.0.0/8","asn":1}]}')] });
    await world.client.update({ files: [written('b.json', '{"roas":[{"prefix":"11.0.0.0/8","asn":1}]}')] });
    assert.deepEqual(world.vrps(), ['11.0.0.0/8-8 AS1']);
  });

  const ROA = 'e.g. "192.0.2.0/24" or "2001:db8::/32"';
  const wrong: readonly (readonly [text: string, says: string])[] = [
    ['', 'x.json:1:1: not JSON: found the end of the file, expected a value'],
    ['[]', 'x.json:1:1: found an array, allowed an object, e.g. { "roas":'],
    ['{}', 'x.json:1:3: found neither "roas" nor "aspas", allowed JSON of rpki-client or Routinator'],
    ['{"slurmVersion": 1}', 'x.json:1:17 /slurmVersion: found a SLURM file (RFC 8416), allowed JSON of rpki-client or Routinator'],
    ['{"roas": {}}', 'x.json:1:10 /roas: found an object, allowed an array, e.g. ['],
    ['{"roas": [\n 5]}', 'x.json:2:2 /roas/0: found a number, allowed an object, e.g. { "prefix"'],
    [
      '{"roas": [{"prefix": "10.0.0.0/33", "asn": 1}]}',
      `x.json:1:22 /roas/0/prefix: found "10.0.0.0/33", allowed an IPv4 or IPv6 prefix, ${ROA}`,
    ],
    ['{"roas": [{"prefix": 10, "asn": 1}]}', `x.json:1:22 /roas/0/prefix: found a number, allowed an IPv4 or IPv6 prefix, ${ROA}`],
    [
      '{"roas": [{"prefix": "10.0.0.0/8", "maxLength": 7, "asn": 1}]}',
      'x.json:1:49 /roas/0/maxLength: found 7, allowed 8 (the length of the prefix) to 32, e.g. 8',
    ],
    ['{"roas": [{"maxLength": 33, "prefix": "10.0.0.0/8", "asn": 1}]}', 'found 33, allowed 8 (the length of the prefix) to 32, e.g. 8'],
    [
      '{"roas": [{"prefix": "10.0.0.0/8", "asn": "ASx"}]}',
      'x.json:1:43 /roas/0/asn: found "ASx", allowed an AS number, e.g. 64496 or "AS64496"',
    ],
    [
      '{"roas": [{"prefix": "10.0.0.0/8", "asn": 4294967296}]}',
      '/roas/0/asn: found 4294967296, allowed a whole number from 0 to 4294967295, e.g. 64496',
    ],
    ['{"roas": [{"prefix": "10.0.0.0/8", "asn": null}]}', '/roas/0/asn: found null, allowed a whole number from 0 to 4294967295'],
    ['{"roas": [{"asn": 1}]}', '/roas/0: found an entry without "prefix", allowed { "prefix": "192.0.2.0/24"'],
    [
      '{"aspas": [{"customer_asid": 1, "providers": []}]}',
      '/aspas/0: found an entry without providers, allowed { "customer_asid": 64496, "providers": [64497] }',
    ],
    ['{"roas": [,]}', 'not JSON: found ",", expected a value'],
    ['{"x": [1.]}', 'not JSON: found "1", expected a number'],
    ['{"roas": [] "a": 1}', 'not JSON: found "\\"", expected "," or "}"'],
    ['{"roas": [],}', 'not JSON: found "}", expected another member after ","'],
    ['{"roas": []} x', 'not JSON: found "x", expected the end of the file'],
    ['{"roas": [], "x": tru}', 'x.json:1:19 /x: not JSON: found "t", expected true, false or null'],
    ['{"roas": [], "x": "abc', 'not JSON: found the end of the file, expected the end of a string'],
    ['{"roas": [], "x": "\\x"}', 'not JSON: found "\\"", expected a string'],
    [`{"x": ${'['.repeat(70)}`, 'found values nested 64 deep, allowed less'],
  ];
  for (const [text, says] of wrong) {
    test(`wrong: ${text.slice(0, 70).replace('\n', ' ')}`, async () => {
      const file = written('x.json', text);
      const world = new World({ files: [file] });
      const [error] = await world.client.start();
      assert.ok(error!.message.replace(folder, '').slice(1).includes(says), error!.message);
      assert.deepEqual(world.logged, [error!.message]);
      world.client.close();
    });
  }

  test('a file that is not there', async () => {
    const world = new World({ files: [join(folder, 'none.json')] });
    const [error] = await world.client.start();
    assert.match(error!.message, /none\.json: cannot be read: ENOENT/);
    world.client.close();
  });

  test('escapes, blanks, numbers of all forms and an empty key are passed over', async () => {
    const text = '\ufeff\n{ "" : [-1.5e+3, 0, 12345678901234567890, {}, [], "\\u00e9\\n", "é"], "a/b~": {"":{"c":true}},\r\n\t"roas":[]}\n';
    assert.deepEqual((await loaded({ files: [written('odd.json', text)] })).vrps(), []);
  });
});

suite('SLURM', () => {
  test('filters remove what files and caches say, assertions are added', async () => {
    const world = await loaded({ files: [written('all.json', RPKI_CLIENT)], slurm: [written('slurm.json', SLURM)] });
    assert.deepEqual(world.vrps(), ['2001:db8:5::/48-64 AS64497', '2001:db8::/32-48 AS64497', '203.0.113.0/24-24 AS64497']);
    assert.deepEqual(aspas(world), { 64496: [64511] });
    const status = world.client.status().files.find(({ kind }) => kind === 'slurm');
    assert.deepEqual([status?.ipv4, status?.ipv6, status?.aspas], [1, 1, 1]);
    await world.client.update({ files: [join(folder, 'all.json')] });
    assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS64496', '2001:db8::/32-48 AS64497']);
    assert.deepEqual(aspas(world), { 64496: [64499, 64500] });
  });

  test('a filter concerns the data of a cache that come later', async () => {
    const world = new World({
      caches: [{ host: 'a' }],
      slurm: [written('one.json', '{"slurmVersion":1,"validationOutputFilters":{"prefixFilters":[{"asn":1}]}}')],
    });
    const socket = await world.startOne();
    socket.send('0203000700000008' + '0204000000000014 01181800c000020000000001' + '0204000000000014 01181800c000030000000002');
    socket.send('0207000700000018 00000001 00000e10 00000258 00001c20');
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(world.vrps(), ['192.0.3.0/24-24 AS2']);
    assert.equal(world.client.status().caches[0]!.ipv4, 2);
    world.client.close();
  });

  test('RFC 8416 §4.2: two files must not speak about the same addresses or customer', async () => {
    const filter = written('filter.json', '{"slurmVersion":1,"validationOutputFilters":{"prefixFilters":[{"prefix":"10.0.0.0/8"}]}}');
    const assertion = written(
      'assertion.json',
      '{"slurmVersion":1,"locallyAddedAssertions":{"prefixAssertions":[{"prefix":"10.1.0.0/16","asn":1}]}}',
    );
    const world = new World({ slurm: [filter, assertion] });
    const [error] = await world.client.start();
    assert.match(
      error!.message,
      /assertion\.json: found addresses of 10\.1\.0\.0\/16, which .*filter\.json has too, allowed in one SLURM file only/,
    );
    assert.deepEqual(world.vrps(), []);
    const aspa = '{"slurmVersion":2,"validationOutputFilters":{"aspaFilters":[{"customerAsn":7}]}}';
    await world.client.update({ slurm: [written('p.json', aspa), written('q.json', aspa)] });
    assert.match(world.client.status().files[1]!.error!, /found an ASPA of AS7, which .*p\.json has too/);
    world.client.close();
  });

  test('a wrong file leaves all of them as they were', async () => {
    const file = written('good.json', '{"slurmVersion":1,"locallyAddedAssertions":{"prefixAssertions":[{"prefix":"10.0.0.0/8","asn":1}]}}');
    const world = await loaded({ slurm: [file] });
    written('good.json', '{"slurmVersion":1}');
    await world.client.update({ slurm: [file, written('bad.json', '{')] });
    assert.deepEqual(world.vrps(), ['10.0.0.0/8-8 AS1']);
  });

  const wrong: readonly (readonly [text: string, says: string])[] = [
    ['{"slurmVersion": 3}', '/slurmVersion: found 3, allowed a whole number from 1 to 2, e.g. 1'],
    ['{}', 'found no "slurmVersion", allowed { "slurmVersion": 1'],
    [
      '{"slurmVersion": 1, "prefixFilters": []}',
      '/prefixFilters: found an unknown member, allowed slurmVersion, validationOutputFilters, locallyAddedAssertions',
    ],
    [
      '{"slurmVersion": 1, "validationOutputFilters": {"prefixFilters": [{"prefx": "10.0.0.0/8"}]}}',
      '/validationOutputFilters/prefixFilters/0/prefx: found an unknown member, allowed prefix, asn, comment',
    ],
    [
      '{"slurmVersion": 1, "validationOutputFilters": {"prefixFilters": [{}]}}',
      '/validationOutputFilters/prefixFilters/0: found a filter without "prefix" and "asn", allowed { "prefix"',
    ],
    [
      '{"slurmVersion": 1, "validationOutputFilters": {"aspaFilters": []}}',
      '/validationOutputFilters/aspaFilters: found ASPAs in a file of slurmVersion 1, allowed "slurmVersion": 2',
    ],
    [
      '{"locallyAddedAssertions": {"aspaAssertions": []}, "slurmVersion": 1}',
      'found ASPAs in a file of slurmVersion 1, allowed "slurmVersion": 2',
    ],
    [
      '{"slurmVersion": 2, "validationOutputFilters": {"aspaFilters": [{}]}}',
      'found a filter without "customerAsn", allowed { "customerAsn": 64496 }',
    ],
    [
      '{"slurmVersion": 2, "locallyAddedAssertions": {"aspaAssertions": [{"customerAsn": 1}]}}',
      'found an assertion without "providerAsns", allowed',
    ],
    [
      '{"slurmVersion": 1, "locallyAddedAssertions": {"prefixAssertions": [{"prefix": "10.0.0.0/8"}]}}',
      'found an assertion without "asn", allowed',
    ],
    [
      '{"slurmVersion": 1, "locallyAddedAssertions": {"prefixAssertions": [{"asn": 1, "prefix": "10.0.0.0/8", "maxPrefixLength": 4}]}}',
      'found 4, allowed 8 (the length of the prefix) to 32, e.g. 8',
    ],
  ];
  for (const [text, says] of wrong) {
    test(`wrong: ${text.slice(0, 110)}`, async () => {
      const world = new World({ slurm: [written('slurm-x.json', text)] });
      const [error] = await world.client.start();
      assert.ok(error!.message.includes(says), error!.message);
      world.client.close();
    });
  }
});

function written(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function loaded(sources: RpkiSources): Promise<World> {
  const world = new World(sources);
  assert.deepEqual(await world.client.start(), []);
  return world;
}

function aspas(world: World): Record<number, readonly number[]> {
  return Object.fromEntries([...world.client.aspas.aspas()].map(({ customer, providers }) => [customer, providers]));
}
