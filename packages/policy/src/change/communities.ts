/**
 * Changes of communities of all three kinds. Added values come after those that are there, and none comes twice; the order of the
 * others does not change. An attribute without values goes.
 */
import { AttributeCode, equalBytes } from '@tsbgp/wire';
import {
  COMMUNITY_LENGTHS,
  type Community,
  type CommunityKind,
  communityText,
  fieldBits,
  makeCommunity,
  readCommunity,
} from '../community/community.ts';
import { type OwnNumber, type OwnNumbers, ownField } from '../community/own-numbers.ts';
import { type CommunityPattern, exactCommunity, ownNumbersOf } from '../community/pattern.ts';
import { CommunitySet } from '../community/set.ts';
import { SET_LENGTH_MAX } from '../route/block.ts';
import { type ReadBits, Reads } from '../route/reads.ts';
import type { Draft } from './draft.ts';
import { type Action, constantAction, type Edit } from './edit.ts';

const CODES: Readonly<Record<CommunityKind, number>> = {
  standard: AttributeCode.Communities,
  large: AttributeCode.LargeCommunities,
  extended: AttributeCode.ExtendedCommunities,
};

/**
 * Adds or, with `replace`, puts in the place of all communities of the kinds of `values`. Each value must pass `problemOfOneCommunity`.
 */
export function addCommunitiesAction(values: readonly CommunityPattern[], replace = false): Action {
  const name = `communities ${replace ? 'replace' : 'add'}`;
  return perPeer(`${name} ${values.map(({ text }) => text).join(' ')}`, values, (numbers) => {
    const added = values.map((value) => communityOf(value, numbers)).filter((one) => one !== undefined);
    const kinds = new Set(values.map(({ kind }) => kind));
    return {
      text: `${name} ${added.map(communityText).join(' ')}`,
      apply(draft) {
        for (const kind of kinds) {
          const before = replace ? [] : read(draft, kind);
          const after = [...before];
          for (const one of added) if (one.kind === kind && !after.some(({ octets }) => equalBytes(octets, one.octets))) after.push(one);
          if (after.length * COMMUNITY_LENGTHS[kind] > SET_LENGTH_MAX) return 'attributes-too-long';
          if (replace || after.length !== before.length) write(draft, kind, after);
        }
        return undefined;
      },
    };
  });
}

/** Takes out the communities that match; with `keep`, those of the same kinds that do not. */
export function removeCommunitiesAction(patterns: readonly CommunityPattern[], keep = false): Action {
  const set = new CommunitySet(patterns);
  const kinds = new Set(patterns.map(({ kind }) => kind));
  const name = `communities ${keep ? 'keep' : 'remove'} ${patterns.map(({ text }) => text).join(' ')}`;
  return perPeer(name, patterns, (numbers) => ({
    text:
      set.own.size === 0 || numbers === undefined
        ? name
        : `${name} of ${[...set.own].map((own) => `${own} ${numbers[own === 'peer-as' ? 'as' : 'localAs']}`).join(', ')}`,
    apply(draft) {
      for (const kind of kinds) {
        const before = read(draft, kind);
        const after = before.filter((community) => set.has(community, numbers) === keep);
        if (after.length !== before.length) write(draft, kind, after);
      }
      return undefined;
    },
  }));
}

/** Extended communities that must not leave the AS (RFC 4360 §6): bit 0x40 of the type. */
export function removeNonTransitiveAction(): Action {
  return constantAction({
    text: 'communities remove non-transitive',
    apply(draft) {
      const before = read(draft, 'extended');
      const after = before.filter(({ form }) => (form & 0x4000) === 0);
      if (after.length !== before.length) write(draft, 'extended', after);
      return undefined;
    },
  });
}

/**
 * Ascending and none twice, so that sets that differ in the order only become equal. Extended ones are ordered by their values, then by
 * their types, as OpenBGPD does.
 */
export function sortCommunitiesAction(): Action {
  return constantAction({
    text: 'communities sort',
    apply(draft) {
      for (const kind of KINDS) {
        const before = read(draft, kind);
        const sorted = before.toSorted(compare);
        const after = sorted.filter((community, i) => i === 0 || !equalBytes(community.octets, sorted[i - 1]!.octets));
        if (after.length !== before.length || after.some((community, i) => community !== before[i])) write(draft, kind, after);
      }
      return undefined;
    },
  });
}

const KINDS: readonly CommunityKind[] = ['standard', 'large', 'extended'];

function compare(a: Community, b: Community): number {
  for (const [i, field] of a.fields.entries()) if (field !== b.fields[i]) return field - b.fields[i]!;
  return a.form - b.form;
}

/** All communities of a kind. */
export function removeAllCommunitiesAction(kind: CommunityKind): Action {
  return constantAction({
    text: `communities remove all ${kind}`,
    apply(draft) {
      draft.remove(CODES[kind]);
      return undefined;
    },
  });
}

/** Why the pattern is not one community that can be added; undefined when it is. */
export function problemOfOneCommunity(pattern: CommunityPattern): string | undefined {
  if (pattern.type === 'octets' || exactCommunity(pattern) !== undefined) return undefined;
  return `"${pattern.text}" stands for several communities: it can be matched and removed, not added`;
}

/** The community for this neighbor; undefined when one of its numbers does not fit into the field. */
function communityOf(pattern: CommunityPattern, numbers: OwnNumbers | undefined): Community | undefined {
  if (pattern.type === 'octets') return pattern.community;
  const exact = exactCommunity(pattern);
  if (exact === undefined || pattern.type !== 'fields') return undefined;
  for (const form of pattern.forms) {
    const fields = exact.fields.map((field, index) => {
      if ('low' in field) return field.low < 2 ** fieldBits(exact.kind, form, index) ? field.low : undefined;
      return numbers === undefined ? undefined : ownField(field.own, numbers, exact.kind, form, index);
    });
    if (fields.every((field) => field !== undefined)) return makeCommunity(exact.kind, form, fields);
  }
  return undefined;
}

const OWN_READS: Readonly<Record<OwnNumber, ReadBits>> = { 'peer-as': Reads.PeerAs, 'local-as': Reads.LocalAs };

function perPeer(text: string, patterns: readonly CommunityPattern[], editFor: (numbers: OwnNumbers | undefined) => Edit): Action {
  const reads = patterns.flatMap(ownNumbersOf).reduce((bits, own) => bits | OWN_READS[own], Reads.Nothing as ReadBits);
  return reads === Reads.Nothing ? constantAction(editFor(undefined)) : { text, key: text, reads, editFor };
}

function read(draft: Draft, kind: CommunityKind): readonly Community[] {
  const value = draft.get(CODES[kind]);
  if (value === undefined) return [];
  const length = COMMUNITY_LENGTHS[kind];
  return Array.from({ length: value.length / length }, (_, i) => readCommunity(kind, value, i * length));
}

function write(draft: Draft, kind: CommunityKind, values: readonly Community[]): void {
  if (values.length === 0) {
    draft.remove(CODES[kind]);
    return;
  }
  const octets = new Uint8Array(values.length * COMMUNITY_LENGTHS[kind]);
  for (const [i, { octets: one }] of values.entries()) octets.set(one, i * one.length);
  draft.set(CODES[kind], octets);
}
