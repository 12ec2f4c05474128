/** Changes of AS_PATH. */
import { type AsPathSegment, AttributeCode, AttributeFlag } from '@tsbgp/wire';
import type { AsSet } from '../as-path/as-set.ts';
import { prependAsns, type RemovePrivateMode, removePrivateAsns, replaceAsns, withoutAsns } from '../as-path/edit.ts';
import { firstAs, readSegments, segmentOctets } from '../as-path/octets.ts';
import { pathText } from '../as-path/text.ts';
import { SET_LENGTH_MAX } from '../route/block.ts';
import type { Peer } from '../route/peer.ts';
import { type ReadBits, Reads } from '../route/reads.ts';
import type { Draft } from './draft.ts';
import { type Action, constantAction, type Edit, type EditFailure } from './edit.ts';

/** An AS number that is given, ours, the neighbor's, or the first one of the path: a prepend for an exchange member repeats the latter. */
export type AsChoice = number | 'local-as' | 'peer-as' | 'first';

export const PREPEND_COUNT_MAX = 255;

export function prependAction(choice: AsChoice, count: number): Action {
  return perPeer(`AS_PATH prepend ${choice} x ${count}`, choiceReads(choice), (peer) => {
    const given = choice === 'first' ? undefined : chosenAs(choice, peer);
    return {
      text: `AS_PATH prepend ${given ?? 'first'} x ${count}`,
      apply: edited((segments) => {
        const asn = given ?? firstAs(segments);
        return asn === undefined
          ? segments
          : prependAsns(
              segments,
              Array.from({ length: count }, () => asn),
            );
      }),
    };
  });
}

/** The whole path. */
export function setPathAction(segments: readonly AsPathSegment[]): Action {
  return constantAction({ text: `AS_PATH set ${pathText(segments)}`, apply: edited(() => segments) });
}

export function removePrivateAction(mode: RemovePrivateMode): Action {
  return perPeer(`AS_PATH remove private ${mode}`, mode === 'replace' ? Reads.LocalAs : Reads.Nothing, (peer) => ({
    text: `AS_PATH remove private ${mode}${mode === 'replace' ? ` by ${peer?.localAs ?? 0}` : ''}`,
    apply: edited((segments) => removePrivateAsns(segments, mode, peer?.localAs ?? 0)),
  }));
}

/** Takes out the AS numbers of the set; with `keep`, all others. */
export function removeAsnsAction(set: AsSet, keep: boolean): Action {
  return constantAction({
    text: `AS_PATH ${keep ? 'keep' : 'remove'} ${set.text}`,
    apply: edited((segments) => withoutAsns(segments, (asn) => set.has(asn) !== keep)),
  });
}

export function replaceAsnsAction(set: AsSet, by: number | 'local-as' | 'peer-as'): Action {
  return perPeer(`AS_PATH replace ${set.text} by ${by}`, choiceReads(by), (peer) => {
    const asn = chosenAs(by, peer);
    return {
      text: `AS_PATH replace ${set.text} by ${asn}`,
      apply: edited((segments) => replaceAsns(segments, (each) => set.has(each), asn)),
    };
  });
}

function choiceReads(choice: AsChoice): ReadBits {
  return choice === 'local-as' ? Reads.LocalAs : choice === 'peer-as' ? Reads.PeerAs : Reads.Nothing;
}

function chosenAs(choice: number | 'local-as' | 'peer-as', peer: Peer | undefined): number {
  if (typeof choice === 'number') return choice;
  return (choice === 'local-as' ? peer?.localAs : peer?.as) ?? 0;
}

function perPeer(text: string, reads: ReadBits, editFor: (peer: Peer | undefined) => Edit): Action {
  if (reads !== Reads.Nothing) return { text, key: text, reads, editFor };
  const edit = editFor(undefined);
  return constantAction(edit);
}

function edited(change: (segments: readonly AsPathSegment[]) => readonly AsPathSegment[]): (draft: Draft) => EditFailure | undefined {
  return (draft) => {
    const value = draft.get(AttributeCode.AsPath) ?? new Uint8Array(0);
    const before = readSegments(value, 0, value.length);
    const after = change(before);
    if (after === before) return undefined;
    const octets = segmentOctets(after);
    if (octets.length > SET_LENGTH_MAX) return 'attributes-too-long';
    draft.set(AttributeCode.AsPath, octets, AttributeFlag.Transitive);
    return undefined;
  };
}
