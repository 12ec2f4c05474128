/** The manifest of each public package makes `npm pack` ship all of it. (`npm run test:packages` checks the result, which takes longer.) */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packages } from './workspace.ts';

for (const { name, manifest } of packages().filter((each) => each.manifest.private !== true)) {
  test(`@tsbgp/${name}: package.json has what npm pack and the installed package need`, () => {
    assert.equal(manifest.name, `@tsbgp/${name}`);
    assert.equal(manifest.license, 'Apache-2.0');
    assert.equal(manifest.type, 'module');
    assert.deepEqual(manifest.engines, { node: '>=22.18' });
    assert.deepEqual(manifest.publishConfig, { access: 'public' });
    assert.equal(manifest.scripts?.['prepack'], 'node ../../tools/prepack.ts');
    // The package has the sources, because source maps and the export condition of this repository name them.
    assert.deepEqual(
      manifest.files?.filter((path) => path !== 'proto'),
      ['dist', 'src', '!src/**/*.test.ts'],
    );
    for (const [path, target] of Object.entries(manifest.exports ?? {}).filter(([key]) => !key.startsWith('./proto/'))) {
      const file = path === '.' ? 'index' : path.slice('./'.length);
      assert.deepEqual(target, {
        'tsbgp-source': `./src/${file}.ts`,
        default: { types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` },
      });
    }
    assert.ok(Object.hasOwn(manifest.exports ?? {}, '.'));
  });
}

test('all packages have one version, and name each other in it', () => {
  const version = packages()[0]!.manifest.version;
  for (const { manifest } of packages()) {
    assert.equal(manifest.version, version, manifest.name);
    for (const [name, wanted] of Object.entries(manifest.dependencies ?? {})) {
      if (name.startsWith('@tsbgp/')) assert.equal(wanted, version, `${manifest.name} wants ${name} ${wanted}`);
    }
  }
});
