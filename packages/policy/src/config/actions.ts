/** The key `set` of a statement: changes of attributes, done in the order in which they are written. */
import { parseAddress, parseAttribute, ValueError } from '@tsbgp/wire';
import type { RemovePrivateMode } from '../as-path/edit.ts';
import { parseAs } from '../as-path/text.ts';
import {
  type AsChoice,
  PREPEND_COUNT_MAX,
  prependAction,
  removeAsnsAction,
  removePrivateAction,
  replaceAsnsAction,
  setPathAction,
} from '../change/as-path.ts';
import {
  addCommunitiesAction,
  problemOfOneCommunity,
  removeAllCommunitiesAction,
  removeCommunitiesAction,
  removeNonTransitiveAction,
  sortCommunitiesAction,
} from '../change/communities.ts';
import type { Action } from '../change/edit.ts';
import { BLACKHOLE_NEXT_HOPS, nextHopAction, nextHopByFamilyAction, nextHopModeAction, nextHopPeerAction } from '../change/next-hop.ts';
import { localPrefAction, medAction, type NumberOperation, ORIGIN_NAMES, originAction, tagAction } from '../change/numbers.ts';
import type { CommunityKind } from '../community/community.ts';
import type { CommunityPattern } from '../community/pattern.ts';
import { describe, type Path } from './problems.ts';
import type { NamedSets } from './sets.ts';
import { asMapping, readMapping, readNumber, readTexts, readWords } from './values.ts';

const EXAMPLE = 'set: { local-preference: 200, communities: { add: ["64512:100"] } }';
const COMMUNITY_KINDS: readonly CommunityKind[] = ['standard', 'large', 'extended'];
const PRIVATE_MODES: readonly RemovePrivateMode[] = ['all', 'if-only', 'replace'];
const NUMBER_MAX = 0xffff_ffff;

export function readActions(sets: NamedSets, value: unknown, path: Path): Action[] {
  const { problems } = sets;
  const actions: Action[] = [];
  const number = (make: (operation: NumberOperation) => Action) => (inner: unknown, at: Path) => {
    const operation = readOperation(sets, inner, at);
    if (operation !== undefined) actions.push(make(operation));
  };
  readMapping(
    problems,
    value,
    path,
    {
      'local-preference': number(localPrefAction),
      med: number(medAction),
      origin(inner, at) {
        const [origin] = readWords(problems, inner, at, ORIGIN_NAMES, 'origin: igp');
        if (origin !== undefined) actions.push(originAction(origin));
      },
      'next-hop': (inner, at) => readNextHop(sets, inner, at, actions),
      communities: (inner, at) => readCommunities(sets, inner, at, actions),
      'as-path': (inner, at) => readAsPath(sets, inner, at, actions),
      tag(inner, at) {
        const tag = readNumber(problems, inner, at, 0, NUMBER_MAX, 'tag: 1');
        if (tag !== undefined) actions.push(tagAction(tag));
      },
    },
    EXAMPLE,
  );
  return actions;
}

/** `100`, `"+10"`, `"-10"`, `remove`, `{ if-absent: 100 }`. */
function readOperation({ problems }: NamedSets, value: unknown, path: Path): NumberOperation | undefined {
  const example = `${path.at(-1)}: 100`;
  if (value === 'remove') return { type: 'remove' };
  const signed = typeof value === 'string' ? /^([+-])(\d{1,10})$/.exec(value) : null;
  const ifAbsent = asMapping(value)?.['if-absent'];
  const found = signed === null ? (ifAbsent ?? value) : Number(signed[2]);
  if (
    typeof found !== 'number' ||
    !Number.isInteger(found) ||
    found < 0 ||
    found > NUMBER_MAX ||
    Object.keys(asMapping(value) ?? {}).length > 1
  ) {
    const allowed = `a number of 0 to ${NUMBER_MAX}, "+10", "-10", remove, or { if-absent: 100 }`;
    return problems.invalid(path, value, { allowed, example });
  }
  if (signed !== null) return { type: signed[1] === '+' ? 'add' : 'subtract', value: found };
  return { type: ifAbsent === undefined ? 'set' : 'set-if-absent', value: found };
}

function readNextHop({ problems }: NamedSets, value: unknown, path: Path, actions: Action[]): void {
  const expected = { allowed: 'an address, self, unchanged, peer, blackhole, or { ipv4: …, ipv6: … }', example: 'next-hop: self' };
  const mapping = asMapping(value);
  if (mapping !== undefined) {
    const address = (key: 'ipv4' | 'ipv6'): string | undefined => {
      const text = mapping[key];
      if (text !== undefined && (typeof text !== 'string' || parseAddress(text) === undefined))
        problems.invalid([...path, key], text, expected);
      return typeof text === 'string' ? text : undefined;
    };
    readMapping(problems, value, path, { ipv4: () => undefined, ipv6: () => undefined }, expected.example);
    actions.push(nextHopByFamilyAction('by family', { ipv4: address('ipv4'), ipv6: address('ipv6') }));
  } else if (value === 'self' || value === 'unchanged') actions.push(nextHopModeAction(value));
  else if (value === 'peer') actions.push(nextHopPeerAction());
  else if (value === 'blackhole') actions.push(nextHopByFamilyAction('blackhole', BLACKHOLE_NEXT_HOPS));
  else if (typeof value === 'string' && parseAddress(value) !== undefined) actions.push(nextHopAction(value));
  else problems.invalid(path, value, expected);
}

function readCommunities(sets: NamedSets, value: unknown, path: Path, actions: Action[]): void {
  const { problems } = sets;
  /** The values, or those of `{ set: NAME }`. */
  const patterns = (inner: unknown, at: Path): readonly CommunityPattern[] => {
    const name = asMapping(inner)?.['set'];
    if (name === undefined) return sets.readCommunities(inner, at);
    const set = typeof name === 'string' ? sets.get('communities', name) : undefined;
    if (set === undefined) {
      problems.add('unknown-name', at, `no set of communities called ${describe(name)}`, {
        allowed: sets.namesOf('communities').join(', '),
        example: '',
      });
    }
    return set?.patterns ?? [];
  };
  const added = (inner: unknown, at: Path): CommunityPattern[] =>
    patterns(inner, at).filter((pattern) => {
      const sentence = problemOfOneCommunity(pattern);
      if (sentence !== undefined)
        problems.invalid(at, pattern.text, { allowed: 'whole communities', example: 'add: ["64512:100"]' }, sentence);
      return sentence === undefined;
    });
  readMapping(
    problems,
    value,
    path,
    {
      add: (inner, at) => actions.push(addCommunitiesAction(added(inner, at))),
      replace: (inner, at) => actions.push(addCommunitiesAction(added(inner, at), true)),
      remove: (inner, at) => actions.push(removeCommunitiesAction(patterns(inner, at))),
      keep: (inner, at) => actions.push(removeCommunitiesAction(patterns(inner, at), true)),
      'remove-all'(inner, at) {
        for (const index of readWords(problems, inner, at, [...COMMUNITY_KINDS, 'non-transitive'], 'remove-all: [standard]')) {
          const kind = COMMUNITY_KINDS[index];
          actions.push(kind === undefined ? removeNonTransitiveAction() : removeAllCommunitiesAction(kind));
        }
      },
      sort(inner, at) {
        if (inner === true) actions.push(sortCommunitiesAction());
        else problems.invalid(at, inner, { allowed: 'true', example: 'sort: true' });
      },
    },
    'communities: { add: ["64512:100"], remove: ["64512:*"] }',
  );
}

const AS_WORDS: Readonly<Record<string, Exclude<AsChoice, number>>> = { own: 'local-as', peer: 'peer-as', last: 'first' };

function readAsPath(sets: NamedSets, value: unknown, path: Path, actions: Action[]): void {
  const { problems } = sets;
  readMapping(
    problems,
    value,
    path,
    {
      prepend: (inner, at) => readPrepend(sets, inner, at, actions),
      'remove-private'(inner, at) {
        const [mode] = readWords(problems, inner, at, PRIVATE_MODES, 'remove-private: all');
        if (mode !== undefined) actions.push(removePrivateAction(PRIVATE_MODES[mode]!));
      },
      remove: (inner, at) => actions.push(removeAsnsAction(sets.readAsNumbers(inner, at).set, false)),
      keep: (inner, at) => actions.push(removeAsnsAction(sets.readAsNumbers(inner, at).set, true)),
      replace(inner, at) {
        const { as, by } = asMapping(inner) ?? {};
        const choice = readAsChoice(by);
        if (as === undefined || choice === undefined || choice === 'first') {
          problems.invalid(at, inner, {
            allowed: 'as: AS numbers, and by: an AS number, own or peer',
            example: 'replace: { as: ["64512-65534"], by: own }',
          });
        } else actions.push(replaceAsnsAction(sets.readAsNumbers(as, [...at, 'as']).set, choice));
      },
      set(inner, at) {
        for (const text of readTexts(problems, inner, at, PATH)) {
          try {
            const attribute = parseAttribute(`AS_PATH ${text}`);
            if (attribute.type === 'as-path') actions.push(setPathAction(attribute.value));
          } catch (error) {
            if (!(error instanceof ValueError)) throw error;
            problems.invalid(at, inner, PATH, error.message);
          }
        }
      },
    },
    'as-path: { prepend: { as: own, count: 2 } }',
  );
}

const PATH = { allowed: 'an AS path', example: 'set: "64512 64513"' };

/** `own`, `{ as: last, count: 3 }`, `[64512, 64512]`. */
function readPrepend({ problems }: NamedSets, value: unknown, path: Path, actions: Action[]): void {
  const expected = {
    allowed: `as: own, last, peer or an AS number, and count: 1 to ${PREPEND_COUNT_MAX}; or a list of AS numbers`,
    example: 'prepend: { as: own, count: 2 }',
  };
  if (Array.isArray(value)) {
    // The first of the list becomes the first of the path.
    for (const one of value.toReversed()) {
      const choice = readAsChoice(one);
      if (choice === undefined) problems.invalid(path, one, expected);
      else actions.push(prependAction(choice, 1));
    }
    return;
  }
  const mapping = asMapping(value);
  if (mapping !== undefined) readMapping(problems, value, path, { as: () => undefined, count: () => undefined }, expected.example);
  const { as, count = 1 } = mapping ?? { as: value };
  const choice = readAsChoice(as);
  if (choice === undefined || typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > PREPEND_COUNT_MAX) {
    problems.invalid(path, value, expected, mapping === undefined ? undefined : `as ${describe(as)}, count ${describe(count)}`);
  } else actions.push(prependAction(choice, count));
}

function readAsChoice(value: unknown): AsChoice | undefined {
  if (typeof value === 'string' && Object.hasOwn(AS_WORDS, value)) return AS_WORDS[value];
  const asn = typeof value === 'number' || typeof value === 'string' ? parseAs(String(value)) : undefined;
  return asn === undefined || asn === 0 ? undefined : asn;
}
