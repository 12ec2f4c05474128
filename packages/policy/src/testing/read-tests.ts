/**
 * Tests of policies, as a file has them beside the policies:
 *
 *     config: tsbgpd.yaml
 *     neighbors:
 *       acme: { address: 203.0.113.1, as: 65001 }
 *     routes:
 *       plain: { prefix: 192.0.2.0/24, as-path: "65001" }
 *     tests:
 *       - name: customers are preferred where they ask for it
 *         policy: [hygiene, customers-in]
 *         neighbor: acme
 *         route: { like: plain, communities: ["64512:110"] }
 *         expect: accept
 *         by: customers
 *         attributes: { local-preference: 110 }
 *
 * `sets` and `policies` may be in the same file, in place of `config` or beside it.
 */

import { describe, type Path, type Problem, Problems } from '../config/problems.ts';
import { asMapping, type Mapping, readMapping, readNumber, readTexts, readWords } from '../config/values.ts';
import type { Direction } from '../default-policy.ts';
import type { Peer } from '../route/peer.ts';
import type { Route } from '../route/route.ts';
import { type ExpectedAttributes, readExpectedAttributes } from './expected-attributes.ts';
import { readNeighbor, readRoute } from './written-route.ts';

/** What a test says must come of a route. */
export interface Expectation {
  readonly verdict: 'accept' | 'reject';
  /** Of a rejection. Undefined: any. */
  readonly reason: string | undefined;
  /** The statement that decides: its name, or policy and name. Undefined: any. */
  readonly by: string | undefined;
  /** No attribute may change. */
  readonly unchanged: boolean;
  /** Attributes after the policy; those that are not there may be anything. */
  readonly attributes: ExpectedAttributes;
}

/** One test: a route, a neighbor, a chain of policies, and what must come of it. */
export interface PolicyTest {
  readonly name: string;
  /** Where it is in the file: `['tests', 2]`. */
  readonly path: Path;
  readonly policies: readonly string[];
  readonly direction: Direction;
  readonly route: Route;
  readonly neighbor: Peer;
  readonly expect: Expectation;
}

/** A file of tests. */
export interface PolicyTestFile {
  /** Files with the sections `sets` and `policies`, as they are written. */
  readonly config: readonly string[];
  readonly sets: unknown;
  readonly policies: unknown;
  /** Our AS number; undefined where the file does not say it. */
  readonly localAs: number | undefined;
  /** Reads the tests. `localAs` is used where the file has none. */
  readonly read: (localAs: number) => PolicyTestsResult;
}

/** What was read: tests, or what is wrong. */
export interface PolicyTestsResult {
  readonly tests: readonly PolicyTest[];
  readonly problems: readonly Problem[];
}

const AS_MAX = 0xffff_ffff;
const TEST_EXAMPLE = '{ policy: customers-in, neighbor: acme, route: plain, expect: accept }';
const DIRECTIONS: readonly Direction[] = ['import', 'export'];
const SECTIONS = ['config', 'sets', 'policies', 'local-as', 'neighbors', 'routes', 'tests'];

/** The frame of a file of tests. The tests are read in a second step, because our AS number may be in the configuration that it names. */
export function readPolicyTestFile(value: unknown): PolicyTestFile {
  const mapping = asMapping(value) ?? {};
  const { config = [], sets, policies } = mapping;
  const localAs = mapping['local-as'];
  const files = typeof config === 'string' ? [config] : Array.isArray(config) ? config.filter((file) => typeof file === 'string') : [];
  return {
    config: files,
    sets,
    policies,
    localAs: typeof localAs === 'number' ? localAs : undefined,
    read: (standard) => new TestReader(mapping, typeof localAs === 'number' ? localAs : standard).read(value),
  };
}

class TestReader {
  readonly #problems = new Problems();
  readonly #mapping: Mapping;
  readonly #localAs: number;

  constructor(mapping: Mapping, localAs: number) {
    this.#mapping = mapping;
    this.#localAs = localAs;
  }

  read(value: unknown): PolicyTestsResult {
    const problems = this.#problems;
    const tests: PolicyTest[] = [];
    const ignore = (): void => undefined;
    const readers = Object.fromEntries(SECTIONS.map((section) => [section, ignore]));
    readMapping(
      problems,
      value,
      [],
      {
        ...readers,
        config: (inner, at) => readTexts(problems, inner, at, { allowed: 'names of configuration files', example: 'config: tsbgpd.yaml' }),
        'local-as': (inner, at) => readNumber(problems, inner, at, 1, AS_MAX, 'local-as: 64512'),
        // Those that no test uses are read for their mistakes.
        neighbors: (inner, at) => this.#each(inner, at, (one, place) => this.#neighbor(one, place)),
        routes: (inner, at) => this.#each(inner, at, (one, place) => this.#route(one, place)),
      },
      `tests: [ ${TEST_EXAMPLE} ]`,
    );
    const written = this.#mapping['tests'];
    if (!Array.isArray(written) || written.length === 0) {
      problems.add('missing-key', ['tests'], written === undefined ? 'no tests' : describe(written), {
        allowed: 'a list of tests',
        example: `tests: [ ${TEST_EXAMPLE} ]`,
      });
    } else {
      for (const [index, one] of written.entries()) {
        const test = this.#test(one, ['tests', index], index);
        if (test !== undefined) tests.push(test);
      }
    }
    return { tests: problems.list.length > 0 ? [] : tests, problems: uniqueProblems(problems.list) };
  }

  #each(value: unknown, path: Path, read: (value: unknown, path: Path) => unknown): void {
    const mapping = asMapping(value);
    if (mapping === undefined) this.#problems.invalid(path, value, { allowed: 'a mapping from names', example: '' });
    for (const [name, one] of Object.entries(mapping ?? {})) read(one, [...path, name]);
  }

  #test(value: unknown, path: Path, index: number): PolicyTest | undefined {
    const problems = this.#problems;
    const before = problems.list.length;
    const mapping = asMapping(value);
    let name = `test ${index + 1}`;
    let policies: string[] = [];
    let direction: Direction = 'import';
    let route: Route | undefined;
    let neighbor: Peer | undefined;
    let outcome: Pick<Expectation, 'verdict' | 'reason'> | undefined;
    let by: string | undefined;
    let unchanged = false;
    let attributes: ExpectedAttributes = {};
    const texts = (inner: unknown, at: Path, allowed: string): string[] =>
      readTexts(problems, inner, at, { allowed, example: TEST_EXAMPLE });
    readMapping(
      problems,
      value,
      path,
      {
        name: (inner, at) => (name = texts(inner, at, 'a sentence')[0] ?? name),
        policy: (inner, at) => (policies = texts(inner, at, 'the name of a policy, or a list of names')),
        direction: (inner, at) => (direction = DIRECTIONS[readWords(problems, inner, at, DIRECTIONS, 'direction: export')[0] ?? 0]!),
        route: (inner, at) => (route = this.#route(inner, at)),
        neighbor: (inner, at) => (neighbor = this.#neighbor(inner, at)),
        expect: (inner, at) => (outcome = this.#outcome(inner, at)),
        by: (inner, at) => (by = texts(inner, at, 'the name of a statement')[0]),
        attributes: (inner, at) => (attributes = readExpectedAttributes(problems, inner, at)),
        unchanged(inner, at) {
          unchanged = inner === true;
          if (typeof inner !== 'boolean') problems.invalid(at, inner, { allowed: 'true or false', example: 'unchanged: true' });
        },
      },
      TEST_EXAMPLE,
    );
    for (const key of ['policy', 'route', 'neighbor', 'expect']) {
      if (mapping !== undefined && mapping[key] === undefined)
        problems.add('missing-key', path, `no ${key}`, {
          allowed: 'a mapping with policy, route, neighbor and expect',
          example: TEST_EXAMPLE,
        });
    }
    if (problems.list.length > before || route === undefined || neighbor === undefined || outcome === undefined) return undefined;
    return { name, path, policies, direction, route, neighbor, expect: { ...outcome, by, unchanged, attributes } };
  }

  #outcome(value: unknown, path: Path): Pick<Expectation, 'verdict' | 'reason'> | undefined {
    if (value === 'accept' || value === 'reject') return { verdict: value, reason: undefined };
    const mapping = asMapping(value) ?? {};
    const { reject } = mapping;
    if (typeof reject === 'string' && Object.keys(mapping).length === 1) return { verdict: 'reject', reason: reject };
    return this.#problems.invalid(path, value, {
      allowed: 'accept, reject, or { reject: REASON }',
      example: 'expect: { reject: bogon-prefix }',
    });
  }

  /** A route, the name of one, or one that is like another: `{ like: plain, med: 5 }`. */
  #route(value: unknown, path: Path): Route | undefined {
    const written = this.#resolve('routes', value, path);
    if (written === undefined) return undefined;
    return readRoute(this.#problems, written, path, (inner, at) => this.#neighbor(inner, at));
  }

  #neighbor(value: unknown, path: Path): Peer | undefined {
    const written = this.#resolve('neighbors', value, path);
    return written === undefined ? undefined : readNeighbor(this.#problems, written, path, this.#localAs);
  }

  /** What is written for a name, or for a mapping with all that it is like. */
  #resolve(section: 'routes' | 'neighbors', value: unknown, path: Path, passed: readonly string[] = []): Mapping | undefined {
    const expected = { allowed: `a mapping, or a name of "${section}"`, example: TEST_EXAMPLE };
    if (typeof value !== 'string') {
      const mapping = asMapping(value);
      if (mapping === undefined) return this.#problems.invalid(path, value, expected);
      const { like, ...own } = mapping;
      if (like === undefined) return own;
      const base = typeof like === 'string' ? this.#resolve(section, like, [...path, 'like'], passed) : undefined;
      if (typeof like !== 'string') return this.#problems.invalid([...path, 'like'], like, expected);
      return base === undefined ? undefined : { ...base, ...own };
    }
    const named = asMapping(this.#mapping[section]) ?? {};
    if (passed.includes(value)) {
      const circle = `"${value}", which is like itself`;
      return this.#problems.add('unknown-name', path, circle, { allowed: 'a name without a circle', example: '' });
    }
    if (Object.hasOwn(named, value)) return this.#resolve(section, named[value], path, [...passed, value]);
    const names = Object.keys(named).join(', ');
    const allowed = names === '' ? `a name of "${section}", which is empty` : names;
    return this.#problems.add('unknown-name', path, `no ${section.slice(0, -1)} called "${value}"`, { allowed, example: '' });
  }
}

/** A mistake in a named route is found again for each test that uses it. */
function uniqueProblems(problems: readonly Problem[]): Problem[] {
  const key = ({ path, found }: Problem): string => JSON.stringify([path, found]);
  return [...new Map(problems.map((problem) => [key(problem), problem])).values()];
}
