/**
 * Which way the messages of one session are written: what its OPENs agreed on, where they are at hand; else what fits, and said so.
 */
import {
  attributeCodec,
  DEFAULT_CONTEXT,
  decodeMessage,
  type Family,
  Fault,
  type Message,
  MessageType,
  messageType,
  negotiate,
  type OpenMessage,
  openAs,
  type PathAttribute,
  UpdateError,
  type UpdateMessage,
  type WireContext,
} from '@tsbgp/wire';
import { updateParts } from './fields.ts';

/** What is known for certain, by options. */
export interface ReadOptions {
  readonly fourOctetAs?: boolean | undefined;
  /** Families with path identifiers, or all of them. */
  readonly addPath?: ReadonlySet<Family> | undefined;
  /** @default 'ibgp', of whom nothing is discarded for being internal */
  readonly peerType?: 'ebgp' | 'ibgp' | undefined;
}

export interface Conversation {
  readonly options: ReadOptions;
  readonly opens: [OpenMessage | undefined, OpenMessage | undefined];
}

export interface ReadOutcome {
  readonly message: Message | Fault;
  readonly context: WireContext;
  /** What was assumed to read it, in words. */
  readonly guesses: readonly string[];
}

/** Every family: for streams of which nobody knows which of them have path identifiers. */
export const ALL_FAMILIES: ReadonlySet<Family> = new (class extends Set<Family> {
  override has(): boolean {
    return true;
  }
})();

export function newConversation(options: ReadOptions = {}): Conversation {
  return { options, opens: [undefined, undefined] };
}

/** The whole message in `bytes`, sent by the `place`th side. Remembers OPENs. */
export function readMessage(conversation: Conversation, place: 0 | 1, bytes: Uint8Array): ReadOutcome {
  if (messageType(bytes, 0) === MessageType.Update) return readUpdate(conversation, place, bytes);
  const context = contextFor(conversation, place) ?? DEFAULT_CONTEXT;
  const message = decode(bytes, context);
  if (!(message instanceof Fault) && message.type === 'open') conversation.opens[place] = message;
  return { message, context, guesses: [] };
}

function readUpdate(conversation: Conversation, place: 0 | 1, bytes: Uint8Array): ReadOutcome {
  const agreed = contextFor(conversation, place);
  if (agreed !== undefined) return { message: decode(bytes, agreed), context: agreed, guesses: [] };
  const { fourOctetAs, addPath } = conversation.options;
  const candidates: { context: WireContext; guesses: string[] }[] = [];
  for (const identifiers of addPath === undefined ? [DEFAULT_CONTEXT.addPath, ALL_FAMILIES] : [addPath]) {
    for (const wide of fourOctetAs === undefined ? [true, false] : [fourOctetAs]) {
      const guesses: string[] = [];
      if (fourOctetAs === undefined && !wide) guesses.push('AS numbers of two octets');
      if (addPath === undefined && identifiers === ALL_FAMILIES) guesses.push('path identifiers (ADD-PATH)');
      candidates.push({ context: contextOf(conversation.options, wide, identifiers), guesses });
    }
  }
  let best: ReadOutcome | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const { context, guesses } of candidates) {
    const outcome = { message: decode(bytes, context), context, guesses };
    const problems = nonsense(bytes, outcome);
    if (problems >= least) continue;
    best = outcome;
    least = problems;
    if (least === 0) break;
  }
  return best!;
}

/** Undefined when not even one OPEN is known. With one, the other side is taken to have said the same. */
function contextFor({ opens, options }: Conversation, sender: 0 | 1): WireContext | undefined {
  const from = opens[sender];
  const to = opens[1 - sender];
  const [remote, local] = [from ?? to, to ?? from];
  if (remote === undefined || local === undefined) return undefined;
  const { receive } = negotiate(local.capabilities, remote.capabilities, { localAs: openAs(local), remoteAs: openAs(remote) });
  return contextOf(options, options.fourOctetAs ?? receive.fourOctetAs, options.addPath ?? receive.addPath);
}

function contextOf({ peerType = 'ibgp' }: ReadOptions, fourOctetAs: boolean, addPath: ReadonlySet<Family>): WireContext {
  return { fourOctetAs, addPath, peerType, extendedMessage: true };
}

function decode(bytes: Uint8Array, context: WireContext): Message | Fault {
  return decodeMessage(bytes, 0, bytes.length, { ...context, extendedMessage: true }, { lenient: true });
}

/**
 * How little sense a message makes; 0 is all of it. Worst is what cannot be told apart; then prefixes that come twice, as path identifiers
 * read as prefixes do (small ones begin with /0 several times); then attributes that are malformed.
 */
function nonsense(bytes: Uint8Array, { message, context }: ReadOutcome): number {
  if (message instanceof Fault) {
    const worst = message.subcode === UpdateError.InvalidNetworkField ? 2000 : 1000;
    return worst + malformedCount(updateParts(bytes, context)?.attributes ?? []);
  }
  if (message.type !== 'update') return 0;
  const twice = prefixLists(message).some((list) => new Set(list).size !== list.length);
  return (twice ? 500 : 0) + 2 * malformedCount(message.attributes) + (message.fault === undefined ? 0 : 1);
}

function malformedCount(attributes: readonly PathAttribute[]): number {
  return attributes.filter((each) => each.type === 'unknown' && attributeCodec(each.code) !== undefined).length;
}

function prefixLists(message: UpdateMessage): string[][] {
  const lists = [message.withdrawn, message.nlri].map((list) => list.map(({ prefix, pathIdentifier }) => `${prefix} ${pathIdentifier}`));
  for (const attribute of message.attributes) {
    if (attribute.type !== 'mp-reach-nlri' && attribute.type !== 'mp-unreach-nlri') continue;
    lists.push(attribute.value.nlri.flatMap((nlri) => (nlri.type === 'ip-prefix' ? [`${nlri.prefix} ${nlri.pathIdentifier}`] : [])));
  }
  return lists;
}
