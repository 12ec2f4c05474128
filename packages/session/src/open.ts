/** The OPENs of a peer: makes ours from its options and its plugin, judges the ones it sends (RFC 4271 §6.2). */
import {
  AS_TRANS,
  ByteWriter,
  type Capability,
  CeaseSubcode,
  encodeCapability,
  equalBytes,
  Fault,
  formatNotification,
  IPV4_UNICAST,
  type Negotiated,
  NotificationCode,
  type NotificationMessage,
  negotiate,
  notificationOf,
  OpenError,
  type OpenMessage,
  openAs,
  openAsField,
  roleMismatch,
} from '@tsbgp/wire';
import { cease, encode } from './messages.ts';
import type { Peer, PeerConfig } from './peer.ts';
import type { Plugin } from './plugin.ts';
import type { ErrorPlace, Logger } from './server-options.ts';

const DEFAULT_CAPABILITIES: readonly Capability[] = [{ type: 'multiprotocol', family: IPV4_UNICAST }, { type: 'route-refresh' }];

export interface OpenOwner extends Peer {
  /** Replaced when the OPEN of a dynamic peer says its AS. */
  config: PeerConfig;
  readonly bgpIdentifier: string;
  thrown(error: unknown, place: ErrorPlace): void;
}

/** One AS, several, or any (undefined). */
export type ExpectedAs = number | readonly number[] | undefined;

export class OpenExchange {
  readonly #peer: OpenOwner;
  readonly #plugin: Plugin;
  readonly #expectedAs: ExpectedAs;
  readonly #logger: Logger;
  /** By connection. */
  readonly #capabilities = new WeakMap<object, Capability[]>();

  constructor(peer: OpenOwner, plugin: Plugin, expectedAs: ExpectedAs, logger: Logger) {
    this.#peer = peer;
    this.#plugin = plugin;
    this.#expectedAs = expectedAs;
    this.#logger = logger;
  }

  /** Our OPEN on `connection`, whole. */
  encode(connection: object, holdTimeSeconds: number): Uint8Array {
    const capabilities = this.#advertised();
    this.#capabilities.set(connection, capabilities);
    const { config, bgpIdentifier, options } = this.#peer;
    const open = { as: config.localAs, holdTimeSeconds, bgpIdentifier, capabilities };
    return options.exactCapabilities === true ? encodeOpenInParts(open) : encodeOpen(open);
  }

  /** Why a well-formed OPEN is refused, or undefined. */
  judge(connection: object, open: OpenMessage): NotificationMessage | undefined {
    const peer = this.#peer;
    const fault = this.#faultOf(open) ?? this.negotiate(connection, open).fault;
    if (fault !== undefined) {
      this.#logger.warn({ peer: peer.config.remoteAddress, reason: fault.reason }, 'OPEN refused');
      return notificationOf(fault);
    }
    const remoteAs = openAs(open);
    const adopts = peer.options.adoptRemoteAs === true;
    if (peer.config.remoteAs !== remoteAs || adopts) peer.config = { ...peer.config, remoteAs, ...(adopts && { localAs: remoteAs }) };
    try {
      return this.#plugin.onOpenMessage?.(peer, open);
    } catch (error) {
      peer.thrown(error, 'onOpenMessage');
      return cease(CeaseSubcode.OutOfResources);
    }
  }

  /** What our OPEN on `connection` and the peer's `open` agree on. */
  negotiate(connection: object, open: OpenMessage): Negotiated {
    const { options } = this.#peer;
    const sides = { localAs: this.localAs(connection), remoteAs: openAs(open), strictRole: options.strictRole ?? false };
    return negotiate(this.capabilities(connection), open.capabilities, sides);
  }

  /** What our OPEN on `connection` contains, or will contain: with DelayOpen the peer's OPEN may come first. */
  capabilities(connection: object): readonly Capability[] {
    return this.#capabilities.get(connection) ?? this.#advertised();
  }

  /** The AS number of our OPEN on `connection`. */
  localAs(connection: object): number {
    const found = this.capabilities(connection).find((capability) => capability.type === 'four-octet-as');
    return found?.as ?? this.#peer.config.localAs;
  }

  /** The text of a NOTIFICATION for the operator. Of roles that do not fit it says what either side must be set to (RFC 9234 §4.2). */
  textOf(connection: object, message: NotificationMessage, open: OpenMessage | undefined): string {
    const text = formatNotification(message);
    const ours = roleOf(this.capabilities(connection));
    const isMismatch = message.code === NotificationCode.OpenMessageError && message.subcode === OpenError.RoleMismatch;
    return isMismatch && ours !== undefined ? `${text}: ${roleMismatch(ours, open && roleOf(open.capabilities))}` : text;
  }

  /** The user's capabilities and the library's own, four-octet AS (RFC 6793 §3). */
  #advertised(): Capability[] {
    const capabilities = this.#plugin.getCapabilities?.(this.#peer) ?? DEFAULT_CAPABILITIES;
    if (this.#peer.options.exactCapabilities === true) return [...capabilities];
    return [...capabilities.filter(({ type }) => type !== 'four-octet-as'), { type: 'four-octet-as', as: this.#peer.config.localAs }];
  }

  /** Checks what depends on the peer. `decodeOpenBody` of wire has checked the rest. */
  #faultOf(open: OpenMessage): Fault | undefined {
    const { config, options, bgpIdentifier } = this.#peer;
    const anyAs = options.anyRemoteAs === true || options.adoptRemoteAs === true;
    const expected = anyAs ? undefined : this.#expectedAs;
    const as = openAs(open);
    const asExpected = typeof expected === 'number' ? as === expected : expected === undefined || expected.includes(as);
    // RFC 6793 §4.1: the two-octet field has the AS number if it fits, or AS_TRANS.
    if (!asExpected || (open.as !== openAsField(as) && open.as !== AS_TRANS)) {
      return openError(OpenError.BadPeerAs, `the peer is AS ${as}${typeof expected === 'number' ? `, AS ${expected} is configured` : ''}`);
    }
    // RFC 6286 §2.3: identifiers are unique only within an AS.
    if (as === config.localAs && open.bgpIdentifier === bgpIdentifier) {
      return openError(OpenError.BadBgpIdentifier, `the peer has our BGP identifier, ${bgpIdentifier}`);
    }
    return requiredFault(open, options.requiredCapabilities ?? []);
  }
}

type OpenParts = Pick<OpenMessage, 'as' | 'holdTimeSeconds' | 'bgpIdentifier' | 'capabilities'>;

/** A whole OPEN. Throws ValueError for capabilities that cannot be written. */
export function encodeOpen(open: OpenParts): Uint8Array {
  return encode({ ...open, type: 'open', version: 4, as: openAsField(open.as), otherParameters: [] });
}

function roleOf(capabilities: readonly Capability[]): number | undefined {
  return capabilities.findLast((capability) => capability.type === 'role')?.role;
}

/** RFC 5492 §4: the optional parameter of type 2 holds capabilities, and there may be several of it. */
const CAPABILITIES_PARAMETER = 2;

/** As `encodeOpen`, with a parameter for each capability. */
function encodeOpenInParts(open: OpenParts): Uint8Array {
  const otherParameters = open.capabilities.map((capability) => ({ code: CAPABILITIES_PARAMETER, bytes: encodeCapability(capability) }));
  return encode({ ...open, type: 'open', version: 4, as: openAsField(open.as), capabilities: [], otherParameters });
}

/** RFC 5492 §5: the data of 2/7 is the missing capabilities. */
function requiredFault(open: OpenMessage, required: readonly Capability[]): Fault | undefined {
  if (required.length === 0) return undefined;
  const offered = open.capabilities.map(encodeCapability);
  const missing = required.map(encodeCapability).filter((wanted) => !offered.some((offer) => equalBytes(offer, wanted)));
  if (missing.length === 0) return undefined;
  const data = new ByteWriter();
  for (const bytes of missing) data.raw(bytes);
  return openError(OpenError.UnsupportedCapability, `the peer lacks ${missing.length} required capabilities`, data.take());
}

function openError(subcode: number, reason: string, data?: Uint8Array): Fault {
  return new Fault('reset', NotificationCode.OpenMessageError, subcode, reason, data);
}
