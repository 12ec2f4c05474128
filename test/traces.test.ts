/**
 * CONTRIBUTING.md says which files a change touches, with an example for each kind of change. The example is in all of these files and in no
 * others, and they are few. If another file names the example, a change of this kind needs one more edit. Avoid that: make the value follow
 * from a file of the trace. If the file names the example for another reason, list it in `elsewhere` with the reason.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, repositoryFiles } from './workspace.ts';

interface Trace {
  readonly filesMax: number;
  /** The example as the tree writes it. */
  readonly spelled: RegExp;
  /** Files and folders that name the example for a reason that is not this change. */
  readonly elsewhere: Readonly<Record<string, string>>;
}

const TRACES: Readonly<Record<string, Trace>> = {
  'Add an attribute: IPV6_EXTENDED_COMMUNITIES': {
    filesMax: 6,
    spelled: /ipv6[-_ ]?extended[-_ ]?communities/i,
    elsewhere: {
      'packages/cli/src/attribute-lines.ts': 'its message has no text for some communities',
      'packages/process-api/': "ExaBGP's words and JSON",
    },
  },
  'Add a family: MUP': {
    filesMax: 5,
    spelled: /\bmup\b|Mup[A-Z]|\bMup\b|\bMUP_|mobile user plane/i,
    elsewhere: {
      'packages/wire/src/communities/extended-registry.ts': 'the extended community of the same name',
      'packages/process-api/': "ExaBGP's language for its routes, and its JSON of them",
      'packages/exabgp/': 'how ExaBGP encodes and negotiates the family',
      'packages/wire/src/messages/operational.ts': 'a type of the OPERATIONAL message with the same letters',
    },
  },
  "Add a neighbor's key: next-hop-self": {
    filesMax: 3,
    spelled: /next[-_ ]?hop[-_ ]?self/i,
    elsewhere: {
      'packages/rib/': 'what the RIB does with the value; its option for our address has the same name',
      'packages/daemon/src/speaker/route-report.ts': 'our address, not the key',
      'packages/daemon/test/rib-world.ts': 'a peer of the RIB for tests',
      'examples/': 'configurations that use the key',
      'packages/exabgp/': "the word of ExaBGP's routes, not the key",
    },
  },
  'Add an RPC: DisableNeighbor': {
    filesMax: 7,
    spelled: /disable[-_ ]?neighbor/i,
    elsewhere: {
      'packages/cli/': 'a command that calls it',
      'fuzz/http/seeds.ts': 'some RPCs, of which the fuzzer makes requests',
      'packages/daemon/src/api-server/bgpgg/': 'a foreign API calls the same method of the control plane',
      'packages/daemon/src/api-server/rustbgpd/': 'a foreign API with a call of the same name',
      'packages/api/proto/rustbgpd/': 'a foreign API with a call of the same name',
    },
  },
  'Add a command: events': {
    filesMax: 3,
    spelled: /\btsbgp events\b|\baddEvents\b|commands\/events\b|(?<!\w\[)'events'/,
    elsewhere: {
      'packages/cli/src/program.ts': 'some command lines, as examples in the help',
      'packages/daemon/src/config/process-sections.ts': 'a key of programs with the same name',
    },
  },
};

/** Files in which anything may be named. */
const ANYWHERE: readonly RegExp[] = [
  /(^|\/)gen\//, // written by `npm run proto`
  /\.test\.ts$/, // tests of behavior
  /^docs\/|(^|\/)README\.md$|^CHANGELOG\.md$|^CONTRIBUTING\.md$/, // what it does, for readers; parts of it are generated
];

const texts = new Map(repositoryFiles().map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
const sections = texts
  .get('CONTRIBUTING.md')!
  .split(/^### /m)
  .slice(1)
  .map((section) => ({
    heading: section.split('\n')[0]!,
    files: [...section.split(/^## /m)[0]!.matchAll(/^\| `([^`]+)` \|/gm)].map(([, path]) => path!),
  }));

test('CONTRIBUTING.md has a trace for each of these changes', () => {
  assert.deepEqual(sections.map(({ heading }) => heading).toSorted(), Object.keys(TRACES).toSorted());
});

for (const [heading, { filesMax, spelled, elsewhere }] of Object.entries(TRACES)) {
  const files = sections.find((section) => section.heading === heading)?.files ?? [];
  const naming = [...texts].filter(([, text]) => spelled.test(text)).map(([path]) => path);

  test(`${heading}: at most ${filesMax} files, and each names the example`, () => {
    assert.ok(files.length > 0 && files.length <= filesMax, `${files.length} files`);
    assert.deepEqual(
      files.filter((path) => !naming.includes(path)),
      [],
    );
  });

  test(`${heading}: no other file names the example`, () => {
    const reasons = Object.keys(elsewhere);
    const others = naming.filter((path) => !files.includes(path) && !ANYWHERE.some((pattern) => pattern.test(path)));
    assert.deepEqual(
      others.filter((path) => !reasons.some((place) => path.startsWith(place))),
      [],
      `a change of this kind needs these files too: see the head of test/traces.test.ts`,
    );
    assert.deepEqual(
      reasons.filter((place) => !others.some((path) => path.startsWith(place))),
      [],
      'exceptions that nothing needs any more',
    );
  });
}
