/** Policies and sets of bgp.BgpService: those of the configuration file. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import type { bgpgg } from '@tsbgp/api';
import { parsePrefixEntry } from '@tsbgp/policy';
import type { NeighborEdit } from '../../configuration.ts';
import { ControlError, type ControlPlane, invalidArgument } from '../../control-plane.ts';
import { BUILT_IN_POLICIES } from '../../keys/policy-chain.ts';
import { quote } from '../../quote.ts';
import { editFile, writtenAt } from '../edit-file.ts';
import { lasting } from '../lasting.ts';
import type { ServiceContext } from '../service-context.ts';
import { peerAddress } from './address.ts';
import { told } from './errors.ts';
import { type CommunityKind, shownStatements, writtenSet, writtenStatement } from './policy-statement.ts';

type Methods = Pick<
  ServiceImpl<typeof bgpgg.BgpService>,
  'addDefinedSet' | 'removeDefinedSet' | 'listDefinedSets' | 'addPolicy' | 'removePolicy' | 'listPolicies' | 'setPolicyAssignment'
>;

const SET_TYPES = ['prefix-set', 'neighbor-set', 'as-path-set', 'community-set', 'ext-community-set', 'large-community-set'] as const;
type SetType = (typeof SET_TYPES)[number];

/** Where the file has them. */
const KINDS: Readonly<Record<SetType, string>> = {
  'prefix-set': 'prefixes',
  'neighbor-set': 'neighbors',
  'as-path-set': 'as-paths',
  'community-set': 'communities',
  'ext-community-set': 'communities',
  'large-community-set': 'communities',
};

/** Entries in one answer. */
const ENTRIES_MAX = 100_000;
const PAGE_ENTRIES = 1000;

export function policyMethods(control: ControlPlane, { configuration }: ServiceContext): Methods {
  return {
    async addDefinedSet({ set, replace }) {
      if (set === undefined) throw invalidArgument('set', 'is missing');
      if (set.config.case === undefined) writtenSet(set); // a status, not an answer
      return told('defined set added', async () => {
        const { kind, value } = writtenSet(set);
        const exists = control.policies.sets().some((each) => each.kind === kind && each.name === set.name);
        if (exists && !replace) throw new ControlError('already-exists', '', `defined set '${set.name}' already exists`);
        if (set.name === '') throw invalidArgument('set.name', 'is missing');
        await editFile(configuration, ['sets', kind, set.name], value);
      });
    },
    async removeDefinedSet({ setType, name, all }) {
      const sets = setsOf(control, { setType, ...(all ? {} : { name }) });
      return told('defined set removed', async () => {
        for (const set of sets) {
          const kinds = setsOf(control, { name: set.name! }).filter((each) => KINDS[each.setType as SetType] === KINDS[setType as SetType]);
          if (kinds.length > 1)
            throw new ControlError('failed-precondition', '', `set '${set.name}' has communities of several kinds: change it in the file`);
          await editFile(configuration, ['sets', KINDS[setType as SetType], set.name!], undefined).catch((error: unknown) => {
            if (!(error instanceof ControlError) || error.code !== 'invalid-argument') throw error;
            throw new ControlError('failed-precondition', '', `cannot remove ${setType}: ${error.sentence}`, { cause: error });
          });
        }
      });
    },
    addPolicy: ({ name, statements }) =>
      told('policy added', async () => {
        if (name === '' || name.startsWith('_')) {
          throw invalidArgument('name', `found ${quote(name)}, allowed is a name that does not begin with "_"`);
        }
        const written = statements.map((statement, i) => writtenStatement(statement, `statements[${i}]`));
        await editFile(configuration, ['policies', name], written);
      }),
    removePolicy: ({ name }) =>
      told('policy removed', async () => {
        const found = control.policies.policies().find((policy) => policy.name === name);
        if (found === undefined) return;
        const users = [...found.uses.map((use) => `peer ${use.neighbor}`), ...found.calledBy.map((caller) => `policy ${caller}`)];
        if (users.length > 0) throw new ControlError('failed-precondition', '', `policy '${name}' is used by ${users.join(', ')}`);
        await editFile(configuration, ['policies', name], undefined);
      }),
    listDefinedSets: (request) => ({ sets: setsOf(control, request) }),
    // Statements have more forms in the file than in bgpgg's messages: of a policy with such a statement only the name is told.
    listPolicies: ({ name }) => ({
      policies: control.policies
        .policies()
        .filter((policy) => name === undefined || name === policy.name)
        .map((policy) => ({
          name: policy.name,
          statements: shownStatements(writtenAt(configuration, ['policies', policy.name]), (set) => fieldOf(control, set)) ?? [],
        })),
    }),
    async setPolicyAssignment(request) {
      const { address } = peerAddress(request.peerAddress, 'peer_address');
      const { direction } = request;
      if (direction !== 'import' && direction !== 'export') {
        throw invalidArgument('direction', `found ${quote(direction)}, allowed are "import" and "export"`);
      }
      return told('policy assignment set', async () => {
        const neighbor = control.listNeighbors().find(({ config }) => config.address === address);
        if (neighbor === undefined) throw new ControlError('not-found', '', `peer ${address} not found`);
        const field = direction === 'import' ? 'importPolicy' : 'exportPolicy';
        const chain = chainOf(control, request);
        const edit: NeighborEdit = { type: 'change', address, values: new Map([[field, chain]]) };
        const wanted = { ...neighbor.config, [field]: chain };
        await lasting(configuration, edit, (written) => control.changeNeighbor(written ?? wanted, false));
      });
    },
  };
}

/** The canonical text of the chain; what none of the policies decides is rejected unless the default says otherwise. */
function chainOf(control: ControlPlane, { policyNames, defaultAction }: bgpgg.SetPolicyAssignmentRequest): string {
  const known = new Set<string>([...control.policies.policies().map(({ name }) => name), ...BUILT_IN_POLICIES]);
  const missing = policyNames.find((name) => !known.has(name));
  if (missing !== undefined) throw new ControlError('not-found', '', `policy '${missing}' not found`);
  const names = defaultAction === 'accept' ? [...policyNames, 'accept-all'] : policyNames;
  return names.length === 0 ? 'deny-all' : names.join(' ');
}

type SetInit = MessageInitShape<typeof bgpgg.DefinedSetInfoSchema>;

function setsOf(control: ControlPlane, { setType, name }: Pick<bgpgg.ListDefinedSetsRequest, 'setType' | 'name'>): SetInit[] {
  if (setType !== undefined && !SET_TYPES.some((known) => known === setType)) {
    throw invalidArgument('', `invalid set type: ${setType}`);
  }
  const wanted = control.policies.sets().filter((set) => name === undefined || name === set.name);
  const entries = wanted.reduce((sum, set) => sum + set.entries, 0);
  if (entries > ENTRIES_MAX) {
    throw new ControlError(
      'failed-precondition',
      '',
      `the sets have ${entries} entries, at most ${ENTRIES_MAX} go into an answer: name one`,
    );
  }
  return wanted
    .flatMap((set) => setMessages(set.kind, set.name, entriesOf(control, set.kind, set.name)))
    .filter((set) => setType === undefined || setType === set.setType);
}

function entriesOf(control: ControlPlane, kind: string, name: string): string[] {
  const entries: string[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const { page, next } = control.policies.set(kind, name, after, PAGE_ENTRIES);
    entries.push(...page);
    after = next;
  }
  return entries;
}

/** By what is in the set. */
function fieldOf(control: ControlPlane, name: string): CommunityKind {
  const [first] = setMessages('communities', name, control.policies.set('communities', name, 0, 1).page);
  const type = first?.setType;
  return type === 'ext-community-set'
    ? 'matchExtCommunitySet'
    : type === 'large-community-set'
      ? 'matchLargeCommunitySet'
      : 'matchCommunitySet';
}

/** A set of communities may hold all three kinds, which are sets of their own in bgpgg. AS numbers have no set there. */
function setMessages(kind: string, name: string, entries: readonly string[]): SetInit[] {
  const info = (setType: SetType, setData: NonNullable<SetInit['setData']>): SetInit => ({ setType, name, setData });
  switch (kind) {
    case 'prefixes':
      return [info('prefix-set', { case: 'prefixSet', value: { prefixes: entries.map(prefixMatch) } })];
    case 'as-paths':
      return [info('as-path-set', { case: 'asPathSet', value: { patterns: [...entries] } })];
    case 'neighbors':
      return [info('neighbor-set', { case: 'neighborSet', value: { addresses: entries.flatMap(addressesIn) } })];
    case 'communities': {
      const large = entries.filter((text) => /^[^a-z]+:[^a-z]+:[^a-z]+$/.test(text));
      const extended = entries.filter((text) => !large.includes(text) && /^(?:[a-z][a-z-]*:|0x)/.test(text));
      const standard = entries.filter((text) => !large.includes(text) && !extended.includes(text));
      return [
        ...(standard.length === 0 ? [] : [info('community-set', { case: 'communitySet', value: { communities: standard } })]),
        ...(extended.length === 0 ? [] : [info('ext-community-set', { case: 'extCommunitySet', value: { extCommunities: extended } })]),
        ...(large.length === 0 ? [] : [info('large-community-set', { case: 'largeCommunitySet', value: { largeCommunities: large } })]),
      ];
    }
    default:
      return [];
  }
}

/** Neighbors may be described by more than their addresses: that has no form here. */
function addressesIn(entry: string): string[] {
  return entry.startsWith('address: ') ? entry.slice('address: '.length).split(', ') : [];
}

/** `192.0.2.0/24 ge 25 le 28` is the prefix with the range 25..28. */
function prefixMatch(text: string): { prefix: string; masklengthRange?: string } {
  const prefix = /^[^\s{+^/]+\/\d+/.exec(text)?.[0] ?? text;
  const entry = parsePrefixEntry(text);
  if (typeof entry === 'string' || (entry.min === entry.bits && entry.max === entry.bits)) return { prefix };
  return { prefix, masklengthRange: `${entry.min}..${entry.max}` };
}
