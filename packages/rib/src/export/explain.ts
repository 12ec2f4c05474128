/**
 * What a member gets of an NLRI, and of every path that it does not get, why. Cold: asked for one NLRI and one member. The answers come from the
 * code that decides: select.ts chooses again, and rules.ts and receivers.ts are asked for what they said of each path.
 */
import { explain } from '../decision/explain.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import type { PolicyVerdict } from '../policy/policy.ts';
import type { PathId, RibTable } from '../table.ts';
import type { AdjRibOut } from './adj-rib-out.ts';
import type { AudienceId, Audiences } from './audience.ts';
import type { ExportDenial } from './denial.ts';
import { Entries } from './entries.ts';
import { NotSent } from './not-sent.ts';
import type { Receiver, Receivers } from './receivers.ts';
import type { ExportRules } from './rules.ts';
import type { Selection } from './select.ts';

/** Why a member does not get a path. */
export type ExportReason =
  | ExportDenial
  /** The group is sent the best path only, and this is another one. */
  | 'not-best'
  /** Of the paths that the client may have, another one is better (RFC 7947 §2.3). */
  | 'better-path'
  /** The client of a route server gets the best path or none, as it is configured, and this is another one. */
  | 'best-path-only'
  /** As many other paths as the peer is sent are better (RFC 7911). */
  | 'add-path-limit';

/** Why what a member holds may be something else still. */
export type ExportPending =
  /** The decision for the NLRI, or for all of the group, is due. */
  | 'decision'
  /** The member has still to be told: it takes less than the others, is new, or gets everything again. */
  | 'behind'
  /** An exception ended what the member is sent; its session is about to end. */
  | 'failed';

/** A path in the decision process, and whether the member gets it. */
export interface ExportedPath {
  readonly path: PathId;
  /** Undefined: it is sent. */
  readonly reason: ExportReason | undefined;
  /** What export policy says of it, where that is the reason. */
  readonly policy?: PolicyVerdict | undefined;
}

/** The paths of an NLRI that are in the decision process, in order of preference, with what becomes of each towards one member. */
export interface ExportExplanation {
  readonly paths: readonly ExportedPath[];
  /** Undefined: the member holds just those paths that are sent. */
  readonly pending: ExportPending | undefined;
}

/** What of a group is asked. */
export interface ExplainedGroup {
  readonly table: RibTable;
  readonly bestPathOnly: boolean;
  readonly adjRibOut: AdjRibOut;
  readonly audiences: Audiences;
  readonly rules: ExportRules;
  readonly receivers: Receivers;
  readonly selection: Selection;
}

/** A question about one NLRI and any number of members: what does not depend on the member is worked out once. */
export class ExportQuestion {
  readonly nlri: NlriId;
  /** The paths in the decision process, in order of preference. */
  readonly candidates: readonly PathId[];
  /** Paths of one answer; further ones are left out unless they are sent. */
  readonly pathsMax: number;
  readonly #chosen: Map<Selection, Entries> = new Map();

  constructor(table: RibTable, nlri: NlriId, pathsMax: number = Number.POSITIVE_INFINITY) {
    this.nlri = nlri;
    this.pathsMax = pathsMax;
    this.candidates = explain(table, nlri).flatMap(({ outcome, path }) => (outcome === 'filtered' ? [] : [path]));
  }

  /** What a group would be sent now. */
  chosenBy(selection: Selection): Entries {
    let chosen = this.#chosen.get(selection);
    if (chosen === undefined) {
      chosen = new Entries();
      selection.select(this.nlri, chosen);
      this.#chosen.set(selection, chosen);
    }
    return chosen;
  }
}

/** What becomes of the paths of an NLRI towards one member of a group. */
export function explainExport(group: ExplainedGroup, member: Receiver, question: ExportQuestion): ExportedPath[] {
  const { nlri, pathsMax } = question;
  const { table } = group;
  // A default route of our own for single members takes no part in the decision process (own-routes.ts).
  const ownDefault = nlri === table.ownDefault ? (table.ownDefaultPath as PathId) : undefined;
  const candidates = ownDefault === undefined ? question.candidates : [ownDefault, ...question.candidates];
  const sent = pathsOf(group, question.chosenBy(group.selection), member, candidates);
  // What the encoder could not write was taken out of the Adj-RIB-Out.
  const held = new Entries();
  group.adjRibOut.load(nlri, held);
  const unsent = held.count === 0 ? notSentReason(group.adjRibOut.source[nlri] ?? 0) : undefined;
  return candidates
    .filter((path, at) => sent.has(path) || (path !== ownDefault && at < pathsMax))
    .map((path) => {
      const reason = sent.has(path) ? unsent : reasonOf(group, member, path);
      return reason === 'export-policy' ? { path, reason, policy: group.receivers.verdictOf(path, member) } : { path, reason };
    });
}

/** The paths that entries came from, as far as they go to the member. */
function pathsOf({ table, audiences, receivers }: ExplainedGroup, entries: Entries, member: Receiver, candidates: readonly PathId[]) {
  const found = new Set<PathId>();
  for (let at = 0; at < entries.count; at++) {
    if (!audiences.has(entries.receivers[at]! as AudienceId, member.number)) continue;
    const attr = entries.attr[at]!;
    const source = entries.source[at]!;
    const identifier = entries.path[at]!;
    if (identifier !== 0) {
      found.add(identifier as PathId);
      continue;
    }
    const isOrigin = (path: PathId): boolean => {
      const own = table.attrOf(path);
      return table.peerIndexOf(path) === source && (own === attr || receivers.isMadeOf(own, attr));
    };
    const path = candidates.find(isOrigin);
    if (path !== undefined) found.add(path);
  }
  return found;
}

/** Of a path that was not chosen. */
function reasonOf(group: ExplainedGroup, member: Receiver, path: PathId): ExportReason {
  const { table, rules, selection, bestPathOnly } = group;
  const { type } = selection.strategy;
  if (type === 'best' && table.bestPath(table.nlriOf(path)) !== path) return bestPathOnly ? 'best-path-only' : 'not-best';
  return rules.explain(path, member) ?? (type === 'add-path' ? 'add-path-limit' : 'better-path');
}

function notSentReason(source: number): ExportReason | undefined {
  if (source === NotSent.TooLarge) return 'too-large';
  return source === NotSent.Failed ? 'failed' : undefined;
}
