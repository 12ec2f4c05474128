/**
 * Ready-made policies in the section `policies`, in the place of statements:
 *
 *     policies:
 *       rs-in:   { ready: ixp-route-server-in, preset: euro-ix, blocklist: [80.81.192.0/21] }
 *       rs-out:  { ready: ixp-route-server-out, preset: euro-ix }
 *       as64501: { ready: irr, prefixes: as64501, origins: as64501-origins }
 *       transit: { ready: transit-edge, overrides: { bogon-as: false } }
 *
 * They become statements, which `overrides` leaves out or changes by name. Their sets are called `bogon-prefixes`, `bogon-asns`, `transit-free`
 * and `ipv6-global-unicast`; a set of the configuration with one of these names takes its place.
 */
import { CHECK_SETS, type Overrides, type PrefixLengths, type StatementTerms } from '../ready/checks.ts';
import { customerEdgePolicies, transitEdgePolicies } from '../ready/edge.ts';
import { PRESETS } from '../ready/presets.ts';
import { irrPolicy, type RouteServerOptions, routeServerPolicies } from '../ready/route-server.ts';
import type { Path } from './problems.ts';
import type { NamedSets } from './sets.ts';
import { asMapping, type KeyReader, listOf, type Mapping, readMapping, readNumber, readRange, readTexts, readWords } from './values.ts';

/** What a configuration may say of a ready-made policy. */
interface ReadyOptions extends RouteServerOptions {
  ready?: string;
  maxPathLength?: number | undefined;
  prefixLengths?: PrefixLengths | undefined;
  nextHop?: RouteServerOptions['nextHop'];
  blocklist?: readonly string[] | undefined;
  neverViaRouteServers?: RouteServerOptions['neverViaRouteServers'];
  rpkiValidNeedsNoIrr?: boolean | undefined;
  blackhole?: RouteServerOptions['blackhole'];
  overrides?: Overrides | undefined;
  ownPrefixes?: readonly string[] | undefined;
  localPref?: number | undefined;
  prefixes?: string | undefined;
  origins?: string | undefined;
}

/** Names of ready-made policies, and the keys that each takes. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'ixp-route-server-in': [
    'preset',
    'max-path-length',
    'prefix-lengths',
    'next-hop',
    'blocklist',
    'never-via-route-servers',
    'blackhole',
    'prefixes',
    'origins',
    'rpki-valid-needs-no-irr',
    'overrides',
  ],
  'ixp-route-server-out': ['preset', 'blackhole', 'overrides'],
  irr: ['prefixes', 'origins', 'blackhole', 'rpki-valid-needs-no-irr', 'overrides'],
  'transit-edge': ['max-path-length', 'prefix-lengths', 'own-prefixes', 'overrides'],
  'customer-edge': ['max-path-length', 'prefix-lengths', 'own-prefixes', 'prefixes', 'origins', 'local-preference', 'overrides'],
};
const EXAMPLE = '{ ready: ixp-route-server-in, preset: euro-ix }';

/** Whether a policy is a ready-made one. */
export function isReady(value: unknown): boolean {
  return Object.hasOwn(asMapping(value) ?? {}, 'ready');
}

/** A ready-made policy as one of statements; undefined where something is wrong. Its sets are added, and named in `added`. */
export function readReady(sets: NamedSets, name: string, value: unknown, path: Path, added: Set<string>): Mapping | undefined {
  const { problems } = sets;
  const before = problems.list.length;
  const mapping = asMapping(value)!;
  const options: ReadyOptions = {};
  const [index] = readWords(problems, mapping['ready'], [...path, 'ready'], Object.keys(KEYS), 'ready: ixp-route-server-in');
  if (index === undefined) return undefined;
  const ready = Object.keys(KEYS)[index]!;
  const all = readersOf(sets, options);
  const readers = Object.fromEntries(['ready', ...KEYS[ready]!].map((key): [string, KeyReader] => [key, all[key] ?? (() => undefined)]));
  readMapping(problems, mapping, path, readers, EXAMPLE);
  if (ready === 'irr' || ready === 'customer-edge') {
    for (const key of ['prefixes', 'origins'] as const) {
      if (options[key] !== undefined) continue;
      problems.add('missing-key', path, `no "${key}"`, { allowed: 'the name of a set', example: `${key}: as64501` });
    }
  }
  if (problems.list.length > before) return undefined;
  const [preset] = readWords(problems, mapping['preset'] ?? 'euro-ix', [...path, 'preset'], Object.keys(PRESETS), 'preset: euro-ix');
  if (preset === undefined) return undefined;
  try {
    const made = make(ready, options, Object.values(PRESETS)[preset]!);
    return { default: made.default, statements: withSets(sets, name, made, added) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return problems.add('unknown-name', [...path, 'overrides'], error.message, { allowed: 'names of its statements', example: '' });
  }
}

interface Made {
  readonly default: string;
  readonly statements: readonly StatementTerms[];
  readonly sets: Readonly<Record<string, Mapping>>;
}

function make(ready: string, options: ReadyOptions, preset: RouteServerOptions): Made {
  const { prefixes = '', origins = '' } = options;
  const irr = prefixes === '' && origins === '' ? undefined : { prefixes, origins };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const overrides = { ...options.overrides };
  const chosen = (all: ReadyOptions): Made => {
    const sections = routeServerPolicies({ ...all, irr });
    return policyOf(sections, ready === 'ixp-route-server-in' ? 'route-server-in' : 'route-server-out');
  };
  switch (ready) {
    case 'irr':
      return { default: 'next-policy', statements: irrPolicy({ prefixes, origins }, { ...options, overrides }), sets: {} };
    case 'transit-edge':
      return policyOf(transitEdgePolicies({ ...options, overrides }), 'transit-in');
    case 'customer-edge':
      return policyOf(
        customerEdgePolicies({ ...options, overrides, prefixes: { set: prefixes }, origins: { set: origins } }),
        'customer-in',
      );
    default:
      return chosen({ ...preset, ...given, overrides: { ...preset.overrides, ...overrides } });
  }
}

function policyOf(sections: { readonly sets?: unknown; readonly policies?: unknown }, name: string): Made {
  const policy = (
    sections.policies as Readonly<Record<string, { readonly default: string; readonly statements: readonly StatementTerms[] }>>
  )[name]!;
  return { ...policy, sets: sections.sets as Readonly<Record<string, Mapping>> };
}

/** Adds the sets that the statements name. Those of one policy alone are called after it. */
function withSets(sets: NamedSets, policy: string, { statements, sets: made }: Made, added: Set<string>): unknown {
  const names = new Map<string, string>();
  for (const kind of ['prefixes', 'as-numbers'] as const) {
    for (const [name, values] of Object.entries(made[kind] ?? {})) {
      const isCommon = Object.hasOwn(CHECK_SETS[kind], name);
      const called = isCommon ? name : `${policy}.${name}`;
      if (!isCommon) names.set(name, called);
      added.add(`${kind} ${called}`);
      if (sets.namesOf(kind).includes(called)) continue;
      if (kind === 'prefixes') sets.add(kind, called, sets.readPrefixes(values, ['policies', policy]));
      else sets.add(kind, called, sets.readAsNumbers(values, ['policies', policy]));
    }
  }
  return renamed(statements, names);
}

/** `{ set: NAME }` with the other name, wherever it is. */
function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(one, names));
  const mapping = asMapping(value);
  if (mapping === undefined) return value;
  return Object.fromEntries(
    Object.entries(mapping).map(([key, inner]) => [
      key,
      key === 'set' && typeof inner === 'string' ? (names.get(inner) ?? inner) : renamed(inner, names),
    ]),
  );
}

function readersOf(sets: NamedSets, options: ReadyOptions): Readonly<Record<string, KeyReader>> {
  const { problems } = sets;
  const texts = (inner: unknown, at: Path): string[] =>
    readTexts(problems, inner, at, { allowed: 'a value, or a list of values', example: `${at.at(-1)}: …` });
  const setName = (inner: unknown, at: Path): string | undefined =>
    typeof inner === 'string' && inner !== ''
      ? inner
      : problems.invalid(at, inner, { allowed: 'the name of a set', example: `${at.at(-1)}: as64501` });
  const flag = (inner: unknown, at: Path): boolean | undefined =>
    typeof inner === 'boolean' ? inner : problems.invalid(at, inner, { allowed: 'true or false', example: `${at.at(-1)}: true` });
  const lengths = (inner: unknown, at: Path): readonly [number, number] | undefined => {
    const range = readRange(problems, inner, at, `${at.at(-1)}: 8-24`);
    return range && [range.min, Math.min(range.max, 128)];
  };
  return {
    'max-path-length': (inner, at) => (options.maxPathLength = readNumber(problems, inner, at, 1, 1000, 'max-path-length: 32')),
    'prefix-lengths'(inner, at) {
      const found: { ipv4?: readonly [number, number] | undefined; ipv6?: readonly [number, number] | undefined } = {};
      const readers = {
        ipv4: (one: unknown, place: Path) => (found.ipv4 = lengths(one, place)),
        ipv6: (one: unknown, place: Path) => (found.ipv6 = lengths(one, place)),
      };
      readMapping(problems, inner, at, readers, 'prefix-lengths: { ipv4: 8-24, ipv6: 12-48 }');
      options.prefixLengths = found;
    },
    'next-hop'(inner, at) {
      const words = ['strict', 'same-as'] as const;
      options.nextHop = words[readWords(problems, inner, at, words, 'next-hop: strict')[0] ?? 0];
    },
    blocklist: (inner, at) => (options.blocklist = texts(inner, at)),
    'never-via-route-servers': (inner, at) => (options.neverViaRouteServers = texts(inner, at)),
    'own-prefixes': (inner, at) => (options.ownPrefixes = texts(inner, at)),
    prefixes: (inner, at) => (options.prefixes = setName(inner, at)),
    origins: (inner, at) => (options.origins = setName(inner, at)),
    'rpki-valid-needs-no-irr': (inner, at) => (options.rpkiValidNeedsNoIrr = flag(inner, at)),
    'local-preference': (inner, at) => (options.localPref = readNumber(problems, inner, at, 0, 0xffff_ffff, 'local-preference: 200')),
    blackhole(inner, at) {
      if (inner === true || inner === false) {
        options.blackhole = inner ? {} : undefined;
        return;
      }
      const found: { ipv4?: string | undefined; ipv6?: string | undefined } = {};
      const readers = {
        ipv4: (one: unknown, place: Path) => (found.ipv4 = texts(one, place)[0]),
        ipv6: (one: unknown, place: Path) => (found.ipv6 = texts(one, place)[0]),
      };
      readMapping(problems, inner, at, readers, 'blackhole: { ipv4: 192.0.2.66 }');
      options.blackhole = found;
    },
    overrides(inner, at) {
      const mapping = asMapping(inner);
      const isRight = mapping !== undefined && Object.values(mapping).every((one) => one === false || asMapping(one) !== undefined);
      if (isRight) options.overrides = mapping as Overrides;
      else {
        const allowed = 'a mapping from names of statements to false, or to keys of the statement';
        problems.invalid(at, inner, { allowed, example: 'overrides: { bogon-as: false }' }, 'something else');
      }
    },
    preset: () => undefined,
    ready: () => undefined,
  };
}

/** The place of a statement of a ready-made policy, by its place among the statements. */
export function overridePath(path: Path, at: Path, statements: unknown): Path {
  const index = path[at.length + 1];
  const name = typeof index === 'number' ? (listOf(statements)[index] as StatementTerms | undefined)?.name : undefined;
  return name === undefined ? at : [...at, 'overrides', name, ...path.slice(at.length + 2)];
}
