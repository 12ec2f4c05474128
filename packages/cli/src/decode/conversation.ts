/**
 * Which way the messages of one session are written.
 *
 *   an option says it                   that holds
 *   both OPENs are there                what they agreed on
 *   one OPEN is there                   what it does not offer is not; what it offers is tried first, then the other way
 *   none                                four octets an AS number, no path identifiers; then the other ways
 *
 * BGPSEC_PATH takes the place of AS_PATH where the OPENs that are there say so. Where there is none it does too: nobody sends BGPSEC_PATH to a
 * peer that did not offer to take it (RFC 8205 §4.1).
 *
 * Of several ways the first that makes sense of a message is taken, and tried first with the next one of that side. What differs from the
 * usual and was not known for certain is named in `guesses`.
 */
import {
  Afi,
  attributeCodec,
  type Capability,
  decodeMessage,
  type Family,
  Fault,
  type IpPrefix,
  type Message,
  MessageType,
  messageType,
  type Nlri,
  negotiate,
  type OpenMessage,
  openAs,
  type PathAttribute,
  UpdateError,
  type UpdateMessage,
  type WireContext,
} from '@tsbgp/wire';
import { updateParts } from './message-parts.ts';

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
  /** By sender: the ways to try, the best first. Undefined until asked for, and after each OPEN. */
  readonly ways: [Ways | undefined, Ways | undefined];
}

export interface ReadOutcome {
  readonly message: Message | Fault;
  readonly context: WireContext;
  /** What was assumed to read it, in words. */
  readonly guesses: readonly string[];
}

interface Ways {
  contexts: WireContext[];
  readonly asSizeIsKnown: boolean;
  readonly addPathIsKnown: boolean;
}

/** Every family: for streams of which nobody knows which of them have path identifiers. */
export const ALL_FAMILIES: ReadonlySet<Family> = new (class extends Set<Family> {
  override has(): boolean {
    return true;
  }
})();

/** Those for which RFC 8205 §2.1 has BGPsec. */
const BGPSEC_AFIS: ReadonlySet<number> = new Set([Afi.Ipv4, Afi.Ipv6]);

const NO_FAMILIES: ReadonlySet<Family> = new Set();
const NOTHING: readonly string[] = [];

export function newConversation(options: ReadOptions = {}): Conversation {
  return { options, opens: [undefined, undefined], ways: [undefined, undefined] };
}

/** The whole message in `bytes`, sent by the `place`th side. Remembers OPENs. */
export function readMessage(conversation: Conversation, place: 0 | 1, bytes: Uint8Array): ReadOutcome {
  const ways = (conversation.ways[place] ??= waysOf(conversation, place));
  if (messageType(bytes, 0) === MessageType.Update) return readUpdate(ways, bytes);
  const context = ways.contexts[0]!;
  const message = decode(bytes, context);
  if (!(message instanceof Fault) && message.type === 'open') {
    conversation.opens[place] = message;
    conversation.ways.fill(undefined);
  }
  return { message, context, guesses: NOTHING };
}

function readUpdate(ways: Ways, bytes: Uint8Array): ReadOutcome {
  let best: ReadOutcome | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const context of ways.contexts) {
    const outcome = { message: decode(bytes, context), context, guesses: NOTHING };
    if (ways.contexts.length === 1) return outcome;
    const problems = nonsense(bytes, outcome);
    if (problems >= least) continue;
    best = outcome;
    least = problems;
    if (least === 0) break;
  }
  const { message, context } = best!;
  if (context !== ways.contexts[0] && least === 0) ways.contexts = [context, ...ways.contexts.filter((each) => each !== context)];
  return { message, context, guesses: guessesOf(ways, message, context) };
}

/** Without guesses the outcome would be another. */
function guessesOf({ asSizeIsKnown, addPathIsKnown }: Ways, message: Message | Fault, { fourOctetAs, addPath }: WireContext): string[] {
  const guesses: string[] = [];
  const hasAs = message instanceof Fault || (message.type === 'update' && message.attributes.some(holdsAs));
  if (!asSizeIsKnown && !fourOctetAs && hasAs) guesses.push('AS numbers of two octets');
  if (!addPathIsKnown && addPath !== NO_FAMILIES) guesses.push('path identifiers (ADD-PATH)');
  return guesses;
}

function holdsAs(attribute: PathAttribute): boolean {
  return attribute.type === 'aggregator' || (attribute.type === 'as-path' && attribute.value.length > 0);
}

function waysOf({ opens, options }: Conversation, sender: 0 | 1): Ways {
  const from = opens[sender];
  const to = opens[1 - sender];
  let asSizes: readonly boolean[] = [true, false];
  let addPaths: readonly ReadonlySet<Family>[] = [NO_FAMILIES, ALL_FAMILIES];
  let bgpsec: ReadonlySet<number> | undefined = BGPSEC_AFIS;
  if (from !== undefined && to !== undefined) {
    const { receive } = negotiate(to.capabilities, from.capabilities, { localAs: openAs(to), remoteAs: openAs(from) });
    asSizes = [receive.fourOctetAs];
    addPaths = [receive.addPath];
    bgpsec = receive.bgpsec;
  } else if (from !== undefined || to !== undefined) {
    const { capabilities } = (from ?? to)!;
    asSizes = capabilities.some(({ type }) => type === 'four-octet-as') ? [true, false] : [false];
    const direction = from === undefined ? 'receive' : 'send';
    const offered = addPathOffer(capabilities, direction);
    bgpsec = bgpsecOffer(capabilities, direction);
    addPaths = offered.size === 0 ? [NO_FAMILIES] : [offered, NO_FAMILIES];
  }
  if (options.fourOctetAs !== undefined) asSizes = [options.fourOctetAs];
  if (options.addPath !== undefined) addPaths = [options.addPath];
  const peerType = options.peerType ?? 'ibgp';
  // RFC 8654 is taken as agreed: a longer message is worth more read than refused.
  const contexts = addPaths.flatMap((addPath) =>
    asSizes.map((fourOctetAs): WireContext => {
      const context = { fourOctetAs, addPath, peerType, extendedMessage: true };
      // RFC 8205 §2.2: without four-octet AS numbers there is no BGPsec.
      return fourOctetAs && bgpsec !== undefined ? { ...context, bgpsec } : context;
    }),
  );
  return { contexts, asSizeIsKnown: asSizes.length === 1, addPathIsKnown: addPaths.length === 1 };
}

function addPathOffer(capabilities: readonly Capability[], direction: 'send' | 'receive'): ReadonlySet<Family> {
  const entries = capabilities.flatMap((each) => (each.type === 'add-path' ? each.families : []));
  return new Set(entries.filter((each) => each[direction]).map(({ family }) => family));
}

function bgpsecOffer(capabilities: readonly Capability[], direction: 'send' | 'receive'): ReadonlySet<number> {
  return new Set(capabilities.flatMap((each) => (each.type === 'bgpsec' && each.direction === direction ? [each.afi] : [])));
}

function decode(bytes: Uint8Array, context: WireContext): Message | Fault {
  return decodeMessage(bytes, 0, bytes.length, context, { lenient: true });
}

/**
 * How little sense a message makes; 0 is all of it. Worst is what cannot be told apart; then default routes that come twice, as small path
 * identifiers read as prefixes begin with /0 several times; then attributes that are malformed.
 */
function nonsense(bytes: Uint8Array, { message, context }: ReadOutcome): number {
  if (message instanceof Fault) {
    const worst = message.subcode === UpdateError.InvalidNetworkField ? 2000 : 1000;
    return worst + malformedCount(updateParts(bytes, context)?.attributes ?? []);
  }
  if (message.type !== 'update') return 0;
  return (hasDefaultTwice(message) ? 500 : 0) + 2 * malformedCount(message.attributes) + (message.fault === undefined ? 0 : 1);
}

function malformedCount(attributes: readonly PathAttribute[]): number {
  let count = 0;
  for (const each of attributes) if (each.type === 'unknown' && attributeCodec(each.code) !== undefined) count++;
  return count;
}

function hasDefaultTwice({ withdrawn, nlri, attributes }: UpdateMessage): boolean {
  if (repeatsDefault(withdrawn) || repeatsDefault(nlri)) return true;
  for (const attribute of attributes) {
    const isMp = attribute.type === 'mp-reach-nlri' || attribute.type === 'mp-unreach-nlri';
    if (isMp && repeatsDefault(attribute.value.nlri)) return true;
  }
  return false;
}

function repeatsDefault(list: readonly Nlri[]): boolean {
  let first: IpPrefix | undefined;
  for (const nlri of list) {
    if (nlri.type !== 'ip-prefix' || !nlri.prefix.endsWith('/0')) continue;
    if (first !== undefined && first.pathIdentifier === nlri.pathIdentifier) return true;
    first ??= nlri;
  }
  return false;
}
