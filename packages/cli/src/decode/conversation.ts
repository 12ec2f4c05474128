/**
 * Finds out how the messages of one session are encoded.
 *
 *   an option says it                   use the option
 *   both OPENs are known                use what they agreed on
 *   one OPEN is known                   what it does not offer is not used; what it offers is tried first, then the other way
 *   no OPEN is known                    try four octets an AS number and no path identifiers first, then the other ways
 *
 * BGPSEC_PATH replaces AS_PATH where the known OPENs say so. Without an OPEN it may too: a speaker sends BGPSEC_PATH only to a peer that offered
 * to receive it (RFC 8205 §4.1).
 *
 * If several ways are possible, the first that makes sense of a message is used, and is tried first for the next message of that side. `guesses`
 * names what was assumed and is not the usual way.
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

/** What options say. */
export interface ReadOptions {
  readonly fourOctetAs?: boolean | undefined;
  /** Families whose NLRI have path identifiers. */
  readonly addPath?: ReadonlySet<Family> | undefined;
  /** @default 'ibgp': nothing is discarded because the sender is external */
  readonly peerType?: 'ebgp' | 'ibgp' | undefined;
}

export interface Conversation {
  readonly options: ReadOptions;
  readonly opens: [OpenMessage | undefined, OpenMessage | undefined];
  /** By sender: the ways to try, the best first. Undefined before the first message and after each OPEN. */
  readonly ways: [Ways | undefined, Ways | undefined];
}

export interface ReadOutcome {
  readonly message: Message | Fault;
  readonly context: WireContext;
  /** What was assumed in order to read it, in words. */
  readonly guesses: readonly string[];
}

interface Ways {
  contexts: WireContext[];
  readonly asSizeIsKnown: boolean;
  readonly addPathIsKnown: boolean;
}

/** The set of every family, for streams where it is not known which families have path identifiers. */
export const ALL_FAMILIES: ReadonlySet<Family> = new (class extends Set<Family> {
  override has(): boolean {
    return true;
  }
})();

/** The address families of BGPsec (RFC 8205 §2.1). */
const BGPSEC_AFIS: ReadonlySet<number> = new Set([Afi.Ipv4, Afi.Ipv6]);

const NO_FAMILIES: ReadonlySet<Family> = new Set();
const NOTHING: readonly string[] = [];

export function newConversation(options: ReadOptions = {}): Conversation {
  return { options, opens: [undefined, undefined], ways: [undefined, undefined] };
}

/** Reads the whole message in `bytes`, sent by side `sender`. Remembers OPENs. */
export function readMessage(conversation: Conversation, sender: 0 | 1, bytes: Uint8Array): ReadOutcome {
  const ways = (conversation.ways[sender] ??= waysOf(conversation, sender));
  if (messageType(bytes, 0) === MessageType.Update) return readUpdate(ways, bytes);
  const context = ways.contexts[0]!;
  const message = decode(bytes, context);
  if (!(message instanceof Fault) && message.type === 'open') {
    conversation.opens[sender] = message;
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
  if (context !== ways.contexts[0] && least === 0) ways.contexts = [context, ...ways.contexts.filter((other) => other !== context)];
  return { message, context, guesses: guessesOf(ways, message, context) };
}

/** Names only assumptions that could have changed the outcome. */
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
  // Extended messages (RFC 8654) are always accepted: reading a longer message is more useful than refusing it.
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
  const entries = capabilities.flatMap((capability) => (capability.type === 'add-path' ? capability.families : []));
  return new Set(entries.filter((entry) => entry[direction]).map(({ family }) => family));
}

function bgpsecOffer(capabilities: readonly Capability[], direction: 'send' | 'receive'): ReadonlySet<number> {
  return new Set(
    capabilities.flatMap((capability) => (capability.type === 'bgpsec' && capability.direction === direction ? [capability.afi] : [])),
  );
}

function decode(bytes: Uint8Array, context: WireContext): Message | Fault {
  return decodeMessage(bytes, 0, bytes.length, context, { lenient: true });
}

/**
 * How little sense a message makes; 0 means that it makes sense. The worst is NLRI that cannot be told apart. Next is a repeated default
 * route: small path identifiers that are read as prefixes give several /0. Then come malformed attributes.
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
  for (const attribute of attributes) if (attribute.type === 'unknown' && attributeCodec(attribute.code) !== undefined) count++;
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
