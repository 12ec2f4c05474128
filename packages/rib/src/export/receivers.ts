/**
 * Who of a group's members may have a route: all, less
 *
 *   1. the peer that it comes from, and towards clients of a route server those of the same AS, unless they ask for them;
 *      and where a route of our own is for some peers alone, the others;
 *   2. the member whose own address is the next hop (RFC 4271 §5.1.3);
 *   3. those that its control communities exclude;
 *   4. those to whom export policy denies it (policy-outcomes.ts).
 *
 * 1 depends on the source alone, 2 to 4 on the attribute set. Both are worked out once, and remembered until members come or go
 * (reconsider.ts).
 */
import { AttributeCode } from '@tsbgp/wire';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { findAttribute, headerLength } from '../attributes/block.ts';
import { addNoExport } from '../attributes/change.ts';
import { addressLength, distinguisherLength, isNextHopRead, MP_NEXT_HOP_OFFSET } from '../attributes/next-hops.ts';
import { BitSet, grown, NONE } from '../columns.ts';
import type { RibPeer } from '../peer.ts';
import type { ExportPolicy, PolicyVerdict } from '../policy/policy.ts';
import type { RibTable } from '../table.ts';
import { type AudienceId, type Audiences, EVERYBODY, NOBODY, only } from './audience.ts';
import { type ControlOptions, readControl } from './control-communities.ts';
import type { ExportDenial } from './denial.ts';
import { MembersByAddress } from './next-hop.ts';
import { type Output, PolicyOutcomes } from './policy-outcomes.ts';
import type { ExportView } from './view.ts';

/** What of a member counts here. */
export interface Receiver {
  readonly number: number;
  readonly peer: RibPeer;
}

export interface ReceiversOptions {
  /** Some next hops go out as they came in. */
  readonly keepsNextHops: boolean;
  /** Clients of one AS do not get each other's routes unless they ask for them. */
  readonly separatesOwnAs: boolean;
  readonly control: ControlOptions | undefined;
  /** Export policy, and what it needs to know. */
  readonly policy: { readonly policy: ExportPolicy; readonly table: RibTable; readonly view: ExportView } | undefined;
}

const NO_OWNERS: readonly Receiver[] = [];
/** Remembered of a set that goes to nobody. */
const EMPTY = -1;

/** The set that a set of attributes becomes for some members. */
interface Marked {
  readonly attr: number;
  readonly receivers: AudienceId;
}

export class Receivers {
  /** Attribute sets have audiences of their own; without, everything depends on the source. */
  readonly selective: boolean;

  readonly #attributes: AttributeTable;
  readonly #audiences: Audiences;
  readonly #options: ReceiversOptions;
  readonly #byAddress: MembersByAddress<Receiver> = new MembersByAddress();
  /** AS number -> its members. */
  readonly #byAs: Map<number, bigint> = new Map();
  readonly #byPeer: Map<number, Receiver> = new Map();
  /** By peer index: everybody but this source; NOBODY where it is not yet worked out. */
  #butSource: Int32Array = new Int32Array(64);
  /** By attribute set; NOBODY where it is not yet worked out, EMPTY where it is nobody. */
  #ofSet: Int32Array;
  /** By member: everybody but this one, whose address is the next hop. */
  #butOwners: (AudienceId | undefined)[] = [];
  readonly #membersOf = (as: number): bigint => this.#byAs.get(as) ?? 0n;
  /** Sets that some members get with NO_EXPORT. Each holds a reference to what they get. */
  readonly #marked: Map<number, Marked> = new Map();
  /** What export policy makes of sets; undefined where there is none. 2 and 3 are part of it then. */
  readonly #outcomes: PolicyOutcomes | undefined;
  /** The last operands of `of`, and what came out. */
  #lastOfSet: AudienceId = NOBODY;
  #lastButSource: AudienceId = NOBODY;
  #last: AudienceId = NOBODY;

  constructor(attributes: AttributeTable, audiences: Audiences, options: ReceiversOptions) {
    this.#attributes = attributes;
    this.#audiences = audiences;
    this.#options = options;
    const { policy, control } = options;
    this.selective = options.keepsNextHops || control !== undefined || policy !== undefined;
    this.#ofSet = new Int32Array(this.selective && policy === undefined ? attributes.offset.length : 0);
    this.#outcomes =
      policy &&
      new PolicyOutcomes(policy.table, audiences, policy.view, policy.policy, {
        list: () => Array.from(this.#byPeer.values(), ({ number, peer }) => ({ number, subject: peer.options.policySubject })),
        controlOf: (attr) => control && readControl(attributes, attr, control, this.#membersOf),
        ownersOf: (attr) => this.#ownersOfNextHop(attr).reduce((set, { number }) => set | only(number), 0n),
      });
    if (this.selective) attributes.removed.add(this.#forget);
  }

  /** Whether control communities count. */
  get readsControl(): boolean {
    return this.#options.control !== undefined && this.#outcomes === undefined;
  }

  /** Whether all receivers of a path get the set that it has. */
  isPlain(path: number, attr: number): boolean {
    if (this.#outcomes === undefined) return this.marked(attr) === undefined;
    const { outputs } = this.#outcomes.outputsOf(path);
    return outputs.length === 1 && outputs[0]!.attr === attr;
  }

  /** What the export policy looks at beside the set: bits of `PolicyReads`. */
  get policyReads(): number {
    return this.#outcomes?.policy.reads ?? 0;
  }

  /** Which sets go to whom of the receivers of a path, by export policy; undefined where there is none. */
  outputsOf(path: number): readonly Output[] | undefined {
    return this.#outcomes?.outputsOf(path).outputs;
  }

  /** Whether some member gets `made` in the place of a set. */
  isMadeOf(attr: number, made: number): boolean {
    return this.marked(attr)?.attr === made || this.#outcomes?.isMadeOf(attr, made) === true;
  }

  /** What was worked out is stored. */
  endBatch(): void {
    this.#outcomes?.endBatch();
  }

  /** What export policy says of a path for a member; undefined where there is none. Cold. */
  verdictOf(path: number, member: Receiver): PolicyVerdict | undefined {
    return this.#outcomes?.explain(path, member.number);
  }

  add(member: Receiver): void {
    const { remoteAs } = member.peer.options;
    this.#byAddress.add(member);
    this.#byAs.set(remoteAs, (this.#byAs.get(remoteAs) ?? 0n) | only(member.number));
    this.#byPeer.set(member.peer.index, member);
    this.#forgetSources();
  }

  remove(member: Receiver): void {
    const { remoteAs } = member.peer.options;
    this.#byAddress.remove(member);
    const left = (this.#byAs.get(remoteAs) ?? 0n) & ~only(member.number);
    if (left === 0n) this.#byAs.delete(remoteAs);
    else this.#byAs.set(remoteAs, left);
    this.#byPeer.delete(member.peer.index);
    this.#forgetSources();
  }

  /** What is worked out of members is another now. */
  forgetMembers(): void {
    this.#forgetSources();
  }

  /** Who may have a path with this set from this source. `keepsNextHop`: it goes out with the next hop that it came with. */
  of(attr: number, source: RibPeer, keepsNextHop: boolean, path: number): AudienceId {
    const butSource = this.butSource(source);
    if (!this.selective) return butSource;
    if (this.#outcomes !== undefined) return this.#audiences.and(this.#outcomes.outputsOf(path).audience, butSource);
    const ofSet = keepsNextHop ? this.#ofSetRemembered(attr) : this.#audienceOf(attr, false);
    if (ofSet === EVERYBODY || ofSet === butSource) return butSource;
    if (ofSet === this.#lastOfSet && butSource === this.#lastButSource) return this.#last;
    this.#lastOfSet = ofSet;
    this.#lastButSource = butSource;
    this.#last = this.#audiences.and(ofSet, butSource);
    return this.#last;
  }

  /** Why a member is not among those that `of` answers; undefined where it is. Cold. */
  explain(attr: number, source: RibPeer, keepsNextHop: boolean, member: Receiver, path: number): ExportDenial | undefined {
    if (this.#audiences.has(this.of(attr, source, keepsNextHop, path), member.number)) return undefined;
    if (source.index === member.peer.index) return 'own-route';
    if (!this.#isInAudience(source, member.peer)) return 'not-selected';
    if ((this.#excludedBy(source) & only(member.number)) !== 0n) return 'same-as';
    if (this.#outcomes !== undefined) return this.#outcomes.denialOf(path, member.number);
    return this.#ownersThatCount(attr, keepsNextHop).some(({ number }) => number === member.number) ? 'own-next-hop' : 'control-community';
  }

  /** Everybody but the source, and those of its AS where they are kept apart. */
  butSource(source: RibPeer): AudienceId {
    const { index } = source;
    if (index >= this.#butSource.length) this.#butSource = grown(this.#butSource, 2 * index, this.#butSource.length);
    const known = this.#butSource[index]! as AudienceId;
    if (known !== NOBODY) return known;
    const excluded = this.#excludedBy(source);
    const made = excluded === 0n ? EVERYBODY : this.#audiences.intern(~excluded);
    this.#butSource[index] = made;
    return made;
  }

  /** The members that are to get a default route of our own, in the family at this position. */
  wantingDefault(position: number): AudienceId {
    let set = 0n;
    for (const { number, peer } of this.#byPeer.values()) if (peer.up && peer.originatesDefault.has(position)) set |= only(number);
    return set === 0n ? NOBODY : this.#audiences.intern(set);
  }

  /** What some members get in the place of a set, and who: the set with NO_EXPORT, which a control community asks for. */
  marked(attr: number): Marked | undefined {
    return this.#marked.size === 0 ? undefined : this.#marked.get(attr);
  }

  /** The set is gone, and its id may be given out again. */
  readonly #forget = (attr: number): void => {
    if (attr < this.#ofSet.length) this.#ofSet[attr] = NOBODY;
    this.#unmark(attr);
    this.#outcomes?.forget(attr);
  };

  /** The index of a peer is free, and may be given to another one. */
  forgetSource(index: number): void {
    if (index < this.#butSource.length) this.#butSource[index] = NOBODY;
  }

  /** Gives back every reference. */
  dispose(): void {
    this.#attributes.removed.delete(this.#forget);
    this.#ofSet.fill(NOBODY);
    this.#forgetSources();
    for (const attr of this.#marked.keys()) this.#unmark(attr);
    this.#outcomes?.dispose();
  }

  /** Audiences that are remembered here. */
  remembered(): BitSet {
    const ids = new BitSet();
    for (const { receivers } of this.#marked.values()) ids.add(receivers);
    for (const id of this.#butSource) ids.add(id);
    const end = Math.min(this.#ofSet.length, this.#attributes.top);
    for (let attr = 1; attr < end; attr++) if (this.#ofSet[attr]! > NOBODY) ids.add(this.#ofSet[attr]!);
    this.#outcomes?.addRemembered(ids);
    this.#butOwners = [];
    this.#forgetLast();
    return ids;
  }

  /** Works out again what is remembered of a set. Returns whether it is another audience than before. */
  recompute(attr: number): boolean {
    if (this.#outcomes !== undefined) return this.#outcomes.recompute(attr);
    const before = this.#ofSet[attr] ?? NOBODY;
    if (before === NOBODY) return false;
    const markedBefore = this.#marked.get(attr);
    const after = this.#audienceOf(attr, true) || EMPTY;
    this.#ofSet[attr] = after;
    const marked = this.#marked.get(attr);
    return before !== after || marked?.attr !== markedBefore?.attr || marked?.receivers !== markedBefore?.receivers;
  }

  /** Whether what is worked out of this source depends on other members than the source itself. */
  isSeparatedFrom(source: RibPeer, other: Receiver): boolean {
    return source.hasAudience || (this.#options.separatesOwnAs && source.options.remoteAs === other.peer.options.remoteAs);
  }

  /** Sets that are held for members that get them with NO_EXPORT. */
  *heldSets(): Iterable<number> {
    for (const { attr } of this.#marked.values()) yield attr;
    if (this.#outcomes !== undefined) yield* this.#outcomes.heldSets();
  }

  #ofSetRemembered(attr: number): AudienceId {
    if (attr >= this.#ofSet.length) this.#ofSet = grown(this.#ofSet, this.#attributes.offset.length, this.#ofSet.length);
    const known = this.#ofSet[attr]! as AudienceId;
    if (known > NOBODY) return known;
    if (known === EMPTY) return NOBODY;
    const made = this.#audienceOf(attr, true);
    this.#ofSet[attr] = made || EMPTY;
    return made;
  }

  #audienceOf(attr: number, keepsNextHop: boolean): AudienceId {
    const { control } = this.#options;
    const asked = control && readControl(this.#attributes, attr, control, this.#membersOf);
    const owners = this.#ownersThatCount(attr, keepsNextHop);
    if (asked === undefined) {
      this.#unmark(attr);
      if (owners.length === 0) return EVERYBODY;
      if (owners.length === 1) return this.#butOwner(owners[0]!.number);
    }
    let set = asked?.allowed ?? -1n;
    for (const { number } of owners) set &= ~only(number);
    if (asked !== undefined) this.#mark(attr, set & asked.noExport);
    return set === -1n ? EVERYBODY : set === 0n ? NOBODY : this.#audiences.intern(set, owners.at(-1)?.number);
  }

  /** Everybody but the member whose own address is the next hop. */
  #butOwner(number: number): AudienceId {
    const known = this.#butOwners[number];
    if (known !== undefined) return known;
    return (this.#butOwners[number] = this.#audiences.intern(~only(number), number));
  }

  #excludedBy(source: RibPeer): bigint {
    const own = this.#byPeer.get(source.index);
    if (source.hasAudience) return this.#outsideAudience(source);
    let excluded = own === undefined ? 0n : only(own.number);
    if (!this.#options.separatesOwnAs) return excluded;
    const others = this.#byAs.get(source.options.remoteAs) ?? 0n;
    if (others === 0n || others === excluded) return excluded;
    for (const { number, peer } of this.#byPeer.values()) {
      if (peer.options.remoteAs === source.options.remoteAs && peer.options.routeServer?.ownAsRoutes !== true) excluded |= only(number);
    }
    return excluded;
  }

  #isInAudience(source: RibPeer, peer: RibPeer): boolean {
    const { audience } = source.options;
    return audience === undefined || audience.names.has(peer.options.name) === (audience.type === 'only');
  }

  #outsideAudience(source: RibPeer): bigint {
    let outside = 0n;
    for (const { number, peer } of this.#byPeer.values()) if (!this.#isInAudience(source, peer)) outside |= only(number);
    return outside;
  }

  /** The members that must not get a set because the next hop that it goes out with is their own. */
  #ownersThatCount(attr: number, keepsNextHop: boolean): readonly Receiver[] {
    return keepsNextHop && this.#options.keepsNextHops ? this.#ownersOfNextHop(attr) : NO_OWNERS;
  }

  #ownersOfNextHop(attr: number): readonly Receiver[] {
    const { data, view } = this.#attributes.arena;
    const start = this.#attributes.offset[attr]!;
    const end = start + this.#attributes.length[attr]!;
    const nextHop = findAttribute(data, start, end, AttributeCode.NextHop);
    if (nextHop !== NONE) return this.#byAddress.owners(data, nextHop + headerLength(data, nextHop), 4);
    const mpReach = findAttribute(data, start, end, AttributeCode.MpReachNlri);
    if (mpReach === NONE) return NO_OWNERS;
    const value = mpReach + headerLength(data, mpReach);
    if (!isNextHopRead(view, value)) return NO_OWNERS;
    const field = value + MP_NEXT_HOP_OFFSET;
    const fieldLength = data[field - 1]!;
    const skipped = distinguisherLength(fieldLength);
    return this.#byAddress.owners(data, field + skipped, skipped === 0 ? fieldLength : addressLength(fieldLength));
  }

  #mark(attr: number, members: bigint): void {
    if (members === 0n) return this.#unmark(attr);
    const marked = addNoExport(this.#attributes, attr);
    if (marked === attr) return this.#unmark(attr);
    this.#attributes.hold(marked);
    this.#unmark(attr);
    this.#marked.set(attr, { attr: marked, receivers: this.#audiences.intern(members) });
  }

  #unmark(attr: number): void {
    const marked = this.marked(attr);
    if (marked === undefined) return;
    this.#marked.delete(attr);
    this.#attributes.release(marked.attr);
  }

  #forgetSources(): void {
    this.#outcomes?.forgetMembers();
    this.#butSource.fill(NOBODY);
    this.#forgetLast();
  }

  #forgetLast(): void {
    this.#lastOfSet = NOBODY;
    this.#lastButSource = NOBODY;
    this.#last = NOBODY;
  }
}
