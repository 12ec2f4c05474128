/**
 * The policies that routes from a neighbor, or towards it, pass: the value of `import`, `export` and `policy`.
 *
 *     import: customers-in
 *     import: [hygiene, customers-in, accept-all]
 *     import: { ipv4-unicast: [hygiene, customers-in], ipv6-unicast: deny-all }
 *
 * The first policy that decides ends the chain; a route that none decides is rejected. `accept-all` and `deny-all` are there without being
 * written. A chain is kept, and told by the API, as one text in canonical form: `hygiene customers-in`, or
 * `ipv4-unicast: hygiene customers-in; ipv6-unicast: deny-all`.
 */
import { type Family, formatFamily, parseFamily } from '@tsbgp/wire';
import { isMapping, Refusal } from './fields.ts';

/** Policies that need not be written. */
export const BUILT_IN_POLICIES = ['accept-all', 'deny-all'] as const;

/** The longest text of a chain in requests. */
export const CHAIN_TEXT_MAX = 4000;

/** A chain for each family that has one of its own, or one for all. */
export type PolicyChain = { readonly all: readonly string[] } | { readonly byFamily: ReadonlyMap<Family, readonly string[]> };

const NAME = /^[a-z0-9][\w.-]{0,62}$/i;

/** Whether chains can name a policy that is called so. */
export function isPolicyName(name: string): boolean {
  return NAME.test(name) && !BUILT_IN_POLICIES.some((builtIn) => builtIn === name);
}

/** A name, a list of names, or a mapping from families to these, as canonical text. Text in canonical form is read too. */
export function readPolicyChain(value: unknown): string | Refusal {
  if (typeof value === 'string' && value.includes(':')) return readFamilyTexts(value);
  if (!isMapping(value)) return readNames(value);
  const parts = Object.entries(value).map(([name, names]) => readFamily(name, readNames(names)));
  return joinFamilies(parts);
}

/** The chain that a canonical text stands for. */
export function parsePolicyChain(text: string): PolicyChain {
  if (!text.includes(':')) return { all: text.split(' ') };
  const entries = text.split('; ').map((part) => {
    const [name = '', names = ''] = part.split(': ');
    return [parseFamily(name)!, names.split(' ')] as const;
  });
  return { byFamily: new Map(entries) };
}

/** The names in a canonical text, each once. */
export function policiesIn(text: string): string[] {
  const chain = parsePolicyChain(text);
  return [...new Set('all' in chain ? chain.all : [...chain.byFamily.values()].flat())];
}

function readFamilyTexts(text: string): string | Refusal {
  const parts = text.split(';').map((part) => {
    const [name = '', names = '', ...rest] = part.split(':');
    return rest.length > 0 ? new Refusal('invalid-value', 'families are separated by ";"') : readFamily(name.trim(), readNames(names));
  });
  return joinFamilies(parts);
}

function readFamily(name: string, names: string | Refusal): string | Refusal {
  const family = parseFamily(name);
  if (family !== undefined) return names instanceof Refusal ? names : `${formatFamily(family)}: ${names}`;
  return new Refusal('invalid-value', `"${name}" is no family, as ipv4-unicast is`);
}

function joinFamilies(parts: readonly (string | Refusal)[]): string | Refusal {
  const refused = parts.find((part) => part instanceof Refusal);
  if (refused !== undefined) return refused;
  const families = parts.map((part) => String(part).split(':')[0]);
  if (parts.length === 0) return new Refusal('invalid-value', 'no family');
  const twice = families.find((family, i) => families.indexOf(family) < i);
  return twice === undefined ? parts.join('; ') : new Refusal('invalid-value', `${twice} twice`);
}

function readNames(value: unknown): string | Refusal {
  const names = typeof value === 'string' ? value.split(/[\s,]+/).filter((name) => name !== '') : value;
  if (!Array.isArray(names)) return new Refusal('wrong-type');
  if (names.length === 0) return new Refusal('invalid-value', 'no policy');
  const wrong = names.find((name) => typeof name !== 'string' || !NAME.test(name));
  if (wrong !== undefined) {
    return typeof wrong === 'string' ? new Refusal('invalid-value', `"${wrong}" is no name of a policy`) : new Refusal('wrong-type');
  }
  const twice = names.find((name, i) => names.indexOf(name) < i);
  return twice === undefined ? names.join(' ') : new Refusal('invalid-value', `${String(twice)} twice`);
}
