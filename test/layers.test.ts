/**
 * A package imports only packages below it, by their names, and the pure packages know no Node.
 *
 *     lab  cli
 *     daemon       exabgp
 *     api
 *     policy  rpki  process-api
 *     rib          session  mrt  bmp
 *                  fsm
 *     wire
 */
import assert from 'node:assert/strict';
import { isBuiltin } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';
import { filesBelow, importsOf, type Package, packages, ROOT } from './workspace.ts';

/** Package -> packages that it may import. A new package needs a line here. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  fsm: ['wire'],
  rib: ['wire'],
  mrt: ['wire'],
  bmp: ['wire'],
  session: ['fsm', 'wire'],
  policy: ['rib', 'wire'],
  rpki: ['wire'],
  'process-api': ['wire'],
  api: [],
  daemon: ['api', 'mrt', 'policy', 'process-api', 'rib', 'rpki', 'session', 'wire'],
  exabgp: ['process-api', 'session', 'wire'],
  cli: ['api', 'exabgp', 'mrt', 'policy', 'session', 'wire'],
  lab: ['api', 'daemon', 'session', 'wire'],
};

/** Packages without Node, I/O and clocks, which also run in a browser. */
const PURE = new Set(['wire', 'fsm', 'rib', 'policy', 'mrt', 'bmp']);

/** Parts of pure packages that are for Node: an entry of their own, which the other entries do not import. */
const NODE_PART = /^src[\\/]node(?:\.ts$|[\\/])/;

/** Development dependencies of the repository that only tests may import. */
const TEST_ONLY = new Set(['fast-check', 'mitata', 'esbuild']);

const all = packages();

test('every package has its line in this test', () => {
  assert.deepEqual(all.map(({ name }) => name).toSorted(), Object.keys(BELOW).toSorted());
});

test('no circles: a package is not imported by a package below it', () => {
  const seen = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    assert.ok(!path.includes(name), `circle: ${[...path, name].join(' -> ')}`);
    if (seen.has(name)) return;
    for (const below of BELOW[name] ?? []) visit(below, [...path, name]);
    seen.add(name);
  };
  for (const { name } of all) visit(name, []);
});

test('pure packages depend only on packages below; wire on nothing at all', () => {
  for (const { name, manifest } of all.filter(({ name }) => PURE.has(name))) {
    const foreign = runtimeDependencies(manifest).filter((dependency) => !dependency.startsWith('@tsbgp/'));
    assert.deepEqual(foreign, [], name);
  }
  assert.deepEqual(runtimeDependencies(all.find(({ name }) => name === 'wire')!.manifest), []);
});

for (const checked of all) {
  const allowed = BELOW[checked.name] ?? [];

  test(`${checked.name}: package.json names only packages below it`, () => {
    const named = runtimeDependencies(checked.manifest).filter((dependency) => dependency.startsWith('@tsbgp/'));
    for (const dependency of named) {
      assert.ok(allowed.includes(dependency.slice('@tsbgp/'.length)), `${checked.name} must not depend on ${dependency}`);
    }
  });

  test(`${checked.name}: imports only what it may`, () => {
    const problems = filesBelow(checked.folder)
      .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
      .flatMap((file) =>
        importsOf(file).flatMap(({ specifier, place }) => {
          const problem = problemWith(checked, file, specifier);
          return problem === undefined ? [] : [`${place}: ${specifier}: ${problem}`];
        }),
      );
    assert.deepEqual(problems, []);
  });
}

/** Why a file of a package may not import this, or undefined. Tests, examples and benchmarks may use Node, the tools and their own package's name. */
function problemWith(from: Package, file: string, specifier: string): string | undefined {
  const isTest = /\.test\.tsx?$|\.test-support\.ts$|(?:^|[\\/])(?:test|test-support|testing|examples|bench)[\\/]/.test(
    relative(from.folder, file),
  );
  if (specifier.startsWith('.')) {
    const target = resolve(file, '..', specifier);
    if (PURE.has(from.name) && !isTest && isNodePart(from, target) && !isNodePart(from, file)) return 'the part of the package for Node';
    if (target.startsWith(from.folder + sep)) return undefined;
    // Tests of all packages use the vectors of path attributes and of NLRI.
    const shared = [join(ROOT, 'test'), join(ROOT, 'packages/wire/test/vectors')].map((folder) => folder + sep);
    const isShared = shared.some((folder) => resolve(file, '..', specifier).startsWith(folder));
    return isTest && isShared ? undefined : 'outside its own package';
  }
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith('node:')) return 'write node: before the name';
    return PURE.has(from.name) && !isTest && !isNodePart(from, file) ? 'a pure package knows no Node' : undefined;
  }
  const dependency = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (dependency === from.manifest.name) return isTest && specifier === dependency ? undefined : 'itself, by its name';
  if (dependency.startsWith('@tsbgp/')) {
    if (!(BELOW[from.name] ?? []).includes(dependency.slice('@tsbgp/'.length))) return 'not a package below';
    const exported = all.find(({ manifest }) => manifest.name === dependency)?.manifest.exports ?? {};
    if (!Object.hasOwn(exported, `.${specifier.slice(dependency.length)}`)) return 'the inside of another package';
  }
  if (runtimeDependencies(from.manifest).includes(dependency)) return undefined;
  return isTest && TEST_ONLY.has(dependency) ? undefined : 'not a dependency of this package';
}

function isNodePart(from: Package, file: string): boolean {
  return NODE_PART.test(relative(from.folder, file));
}

function runtimeDependencies({ dependencies, optionalDependencies, peerDependencies }: Package['manifest']): string[] {
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}
