/** The UPDATEs of MRT files, for one session: those of messages as they are wherever the session can take them, those of tables made anew. */
import {
  AttributeFacts,
  type BgpMessageRecord,
  decodeMrtMessage,
  decodeOldUpdate,
  decodeRibAttributes,
  decodeTableDumpAttributes,
  MrtDamage,
  type MrtPeer,
  type MrtRecord,
  type MrtValue,
  type RibRecord,
  readMrt,
  type TableDumpRecord,
} from '@tsbgp/mrt';
import { openMrt } from '@tsbgp/mrt/node';
import {
  encodeMessage,
  type Family,
  Fault,
  HEADER_LENGTH,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type IpPrefix,
  MessageType,
  makeFamily,
  messageType,
  type Nlri,
  narrowAs,
  type PathAttribute,
  readU16,
  reconcileAs4,
  splitUpdate,
  type TypedNlri,
  type UpdateMessage,
  ValueError,
  type WireContext,
} from '@tsbgp/wire';

/** What the session can take. */
export interface ReplayTarget {
  readonly context: WireContext;
  readonly families: ReadonlySet<Family>;
  readonly isExternal: boolean;
}

export interface ReplayItem {
  /** When the UPDATE was received, in seconds since 1970; undefined for a route of a table. */
  readonly seconds: number | undefined;
  /** Whole messages. */
  readonly octets: Uint8Array;
  readonly messages: number;
}

/** Counts of what could not be sent. */
export interface ReplaySkips {
  /** UPDATEs and routes of families that the session does not have. */
  family: number;
  /** What is damaged, or has no form that the session can take. */
  damaged: number;
}

/** Routes of tables that are gathered, so that routes with the same attributes share messages. */
const GATHERED_MAX = 4096;
/** Not for external peers (RFC 4271 §5.1.5, RFC 4456 §8). */
const INTERNAL_ONLY: ReadonlySet<string> = new Set(['local-pref', 'originator-id', 'cluster-list']);

/** Everything in the files, in their order. `wants` says whose routes are replayed. */
export async function* replayItems(
  paths: readonly string[],
  target: ReplayTarget,
  wants: (address: string, as: number) => boolean,
  skips: ReplaySkips,
): AsyncGenerator<ReplayItem, void, undefined> {
  const source = new Source(target, wants, skips);
  for (const path of paths) {
    const onDamage = (): void => {
      skips.damaged++;
    };
    for await (const record of readMrt(openMrt(path), { onDamage })) yield* source.read(record);
    yield* source.flush();
  }
}

class Source {
  readonly #target: ReplayTarget;
  readonly #wants: (address: string, as: number) => boolean;
  readonly #skips: ReplaySkips;
  readonly #facts = new AttributeFacts();
  #peers: readonly MrtPeer[] = [];
  /** Routes of tables, by their attributes. */
  readonly #gathered = new Map<
    string,
    { readonly attributes: readonly PathAttribute[]; readonly family: Family; readonly nlri: TypedNlri[] }
  >();
  #gatheredCount = 0;

  constructor(target: ReplayTarget, wants: (address: string, as: number) => boolean, skips: ReplaySkips) {
    this.#target = target;
    this.#wants = wants;
    this.#skips = skips;
  }

  *read(record: MrtRecord): Generator<ReplayItem, void, undefined> {
    const value = record.decode();
    if (value instanceof MrtDamage) {
      this.#skips.damaged++;
      return;
    }
    if (value.type === 'peer-index-table') this.#peers = value.peers;
    else if (value.type === 'rib') this.#gatherRib(value);
    else if (value.type === 'table-dump') this.#gatherTableDump(value);
    else {
      // What the file has before the UPDATE goes first.
      yield* this.flush();
      yield* this.#update(value, record.timestamp + (record.microseconds ?? 0) / 1e6);
    }
    if (this.#gatheredCount >= GATHERED_MAX) yield* this.flush();
  }

  /** The routes that were gathered. */
  *flush(): Generator<ReplayItem, void, undefined> {
    const all = [...this.#gathered.values()];
    this.#gathered.clear();
    this.#gatheredCount = 0;
    for (const { attributes, family, nlri } of all) yield* this.#encode(tableUpdate(attributes, family, nlri), undefined);
  }

  #gatherRib({ family, nlri, entries }: RibRecord): void {
    for (const { peerIndex, attributes } of entries) {
      const peer = this.#peers[peerIndex];
      if (peer === undefined) this.#skips.damaged++;
      else if (this.#wants(peer.address, peer.as))
        this.#gather(family, nlri, attributes, () => decodeRibAttributes(attributes, family).attributes);
    }
  }

  #gatherTableDump(value: TableDumpRecord): void {
    if (!this.#wants(value.peerAddress, value.peerAs)) return;
    const family = value.prefix.includes(':') ? IPV6_UNICAST : IPV4_UNICAST;
    const nlri = { type: 'ip-prefix', family, prefix: value.prefix } as const;
    this.#gather(family, nlri, value.attributes, () => {
      const { attributes } = decodeTableDumpAttributes(value);
      return value.fourOctetAs ? attributes : reconcileAs4(attributes);
    });
  }

  #gather(family: Family, nlri: TypedNlri, octets: Uint8Array, attributes: () => readonly PathAttribute[]): void {
    if (!this.#target.families.has(family)) {
      this.#skips.family++;
      return;
    }
    const key = `${family} ${Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1')}`;
    let group = this.#gathered.get(key);
    if (group === undefined) {
      group = { attributes: attributes().filter(({ type }) => !this.#target.isExternal || !INTERNAL_ONLY.has(type)), family, nlri: [] };
      this.#gathered.set(key, group);
    }
    group.nlri.push(nlri);
    this.#gatheredCount++;
  }

  *#update(value: MrtValue, seconds: number): Generator<ReplayItem, void, undefined> {
    if (value.type !== 'bgp-message' && value.type !== 'old-message') return;
    if (!this.#wants(value.peerAddress, value.peerAs)) return;
    if (value.type === 'bgp-message') {
      if (value.local || value.message.length < HEADER_LENGTH || messageType(value.message, 0) !== MessageType.Update) return;
      if (this.#fitsAsItIs(value)) {
        yield { seconds, octets: value.message.slice(), messages: 1 };
        return;
      }
    }
    const message = value.type === 'bgp-message' ? decodeMrtMessage(value) : decodeOldUpdate(value);
    if (message === undefined) return;
    if (message instanceof Fault || message.type !== 'update') this.#skips.damaged++;
    else if (value.type === 'bgp-message' && value.fourOctetAs) yield* this.#encode(message, seconds);
    else yield* this.#encode({ ...message, attributes: reconcileAs4(message.attributes) }, seconds);
  }

  /** Whether the octets of the message are what the session would have. */
  #fitsAsItIs({ fourOctetAs, addPath, message }: BgpMessageRecord): boolean {
    const { context, families } = this.#target;
    if (!fourOctetAs || !context.fourOctetAs || addPath || context.addPath.size > 0) return false;
    if (message.length > (context.extendedMessage ? 65_535 : 4096) || readU16(message, 16) !== message.length) return false;
    const withdrawn = readU16(message, HEADER_LENGTH);
    const lengthAt = HEADER_LENGTH + 2 + withdrawn;
    if (lengthAt + 2 > message.length) return false;
    const facts = this.#facts;
    facts.scan(message, lengthAt + 2, Math.min(message.length, lengthAt + 2 + readU16(message, lengthAt)));
    return [facts.mpReachStart, facts.mpUnreachStart].every(
      (at) => at === -1 || families.has(makeFamily(readU16(message, at), message[at + 2]!)),
    );
  }

  *#encode(update: UpdateMessage, seconds: number | undefined): Generator<ReplayItem, void, undefined> {
    const { context, families } = this.#target;
    const known = update.attributes.filter((each) => !('value' in each) || !isMp(each) || families.has(each.value.family));
    if (known.length < update.attributes.length) this.#skips.family++;
    const attributes = (context.fourOctetAs ? known : narrowAs(known)).map(withoutPaths);
    const kept: UpdateMessage = { ...update, withdrawn: update.withdrawn.map(withoutPath), nlri: update.nlri.map(withoutPath), attributes };
    if (kept.endOfRib === undefined && saysNothing(kept)) return;
    try {
      const parts = splitUpdate(kept, context).map((part) => encodeMessage(part, context));
      if (parts.length > 0) yield { seconds, octets: Buffer.concat(parts), messages: parts.length };
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      this.#skips.damaged++;
    }
  }
}

/** Whether nothing is left but attributes of routes that were left out. */
function saysNothing({ withdrawn, nlri, attributes }: UpdateMessage): boolean {
  return withdrawn.length === 0 && nlri.length === 0 && !attributes.some((each) => 'value' in each && isMp(each));
}

function isMp(attribute: PathAttribute): attribute is Extract<PathAttribute, { type: 'mp-reach-nlri' | 'mp-unreach-nlri' }> {
  return attribute.type === 'mp-reach-nlri' || attribute.type === 'mp-unreach-nlri';
}

/** The session has no path identifiers: paths of one prefix replace each other. */
function withoutPath<T extends Nlri>(nlri: T): T {
  if (nlri.pathIdentifier === undefined) return nlri;
  const { pathIdentifier: _, ...rest } = nlri;
  return rest as T;
}

function withoutPaths(attribute: PathAttribute): PathAttribute {
  if (attribute.type === 'mp-reach-nlri')
    return { ...attribute, value: { ...attribute.value, nlri: attribute.value.nlri.map(withoutPath) } };
  if (attribute.type === 'mp-unreach-nlri')
    return { ...attribute, value: { ...attribute.value, nlri: attribute.value.nlri.map(withoutPath) } };
  return attribute;
}

/** An UPDATE with routes of a table. */
function tableUpdate(attributes: readonly PathAttribute[], family: Family, nlri: readonly TypedNlri[]): UpdateMessage {
  const isPlain = family === IPV4_UNICAST && !attributes.some(({ type }) => type === 'mp-reach-nlri');
  if (isPlain) return { type: 'update', withdrawn: [], attributes: [...attributes], nlri: nlri as IpPrefix[] };
  return {
    type: 'update',
    withdrawn: [],
    attributes: attributes.map((each) =>
      each.type === 'mp-reach-nlri' ? { ...each, value: { ...each.value, family, nlri: [...nlri] } } : each,
    ),
    nlri: [],
  };
}

/** The families of a session that replays plain routes. */
export const REPLAY_FAMILIES: readonly Family[] = [IPV4_UNICAST, IPV6_UNICAST];
