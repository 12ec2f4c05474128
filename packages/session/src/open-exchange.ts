/** The OPENs of a peer: makes ours from its options and its plugin, judges the ones it sends. */
import { type Capability, CeaseSubcode, type NotificationMessage, negotiate, notificationOf, type OpenMessage, openAs } from '@tsbgp/wire';
import { cease } from './cease.ts';
import type { ErrorPlace } from './containment.ts';
import type { Logger } from './logger.ts';
import { advertised, DEFAULT_CAPABILITIES, encodeOpen, judgeOpen } from './open.ts';
import type { Peer } from './peer.ts';
import type { PeerConfig } from './peer-options.ts';
import type { Plugin } from './plugin.ts';

/** Our side of a session. */
export interface LocalSide {
  readonly as: number;
  readonly bgpIdentifier: string;
  readonly capabilities: readonly Capability[];
  readonly strictRole: boolean;
}

export interface OpenOwner extends Peer {
  /** Replaced when the OPEN of a dynamic peer says its AS. */
  config: PeerConfig;
  thrown(error: unknown, place: ErrorPlace): void;
}

export class OpenExchange {
  readonly #peer: OpenOwner;
  readonly #plugin: Plugin;
  readonly #bgpIdentifier: string;
  readonly #expectedAs: number | readonly number[] | undefined;
  readonly #logger: Logger;
  /** By connection. */
  readonly #capabilities = new WeakMap<object, readonly Capability[]>();

  constructor(peer: OpenOwner, plugin: Plugin, bgpIdentifier: string, expectedAs: number | readonly number[] | undefined, logger: Logger) {
    this.#peer = peer;
    this.#plugin = plugin;
    this.#bgpIdentifier = bgpIdentifier;
    this.#expectedAs = expectedAs;
    this.#logger = logger;
  }

  /** Our OPEN on `connection`, whole. */
  encode(connection: object, holdTimeSeconds: number): Uint8Array {
    const capabilities = this.#advertised();
    this.#capabilities.set(connection, capabilities);
    return encodeOpen({ localAs: this.#peer.config.localAs, holdTimeSeconds, bgpIdentifier: this.#bgpIdentifier, capabilities });
  }

  /** Why a well-formed OPEN is refused, or undefined. */
  judge(connection: object, open: OpenMessage): NotificationMessage | undefined {
    const peer = this.#peer;
    const { localAs } = peer.config;
    const strictRole = peer.options.strictRole ?? false;
    const remoteAs = openAs(open);
    const fault =
      judgeOpen(open, {
        localAs,
        remoteAs: this.#expectedAs,
        bgpIdentifier: this.#bgpIdentifier,
        requiredCapabilities: peer.options.requiredCapabilities ?? [],
      }) ?? negotiate(this.localSide(connection).capabilities, open.capabilities, { localAs, remoteAs, strictRole }).fault;
    if (fault !== undefined) {
      this.#logger.warn({ peer: peer.config.remoteAddress, reason: fault.reason }, 'OPEN refused');
      return notificationOf(fault);
    }
    if (peer.config.remoteAs !== remoteAs) peer.config = { ...peer.config, remoteAs };
    try {
      return this.#plugin.onOpenMessage?.(peer, open);
    } catch (error) {
      peer.thrown(error, 'onOpenMessage');
      return cease(CeaseSubcode.OutOfResources);
    }
  }

  /** What our OPEN on `connection` contains, or will contain: with DelayOpen the peer's OPEN may come first. */
  localSide(connection: object): LocalSide {
    return {
      as: this.#peer.config.localAs,
      bgpIdentifier: this.#bgpIdentifier,
      capabilities: this.#capabilities.get(connection) ?? this.#advertised(),
      strictRole: this.#peer.options.strictRole ?? false,
    };
  }

  #advertised(): Capability[] {
    return advertised(this.#plugin.getCapabilities?.(this.#peer) ?? DEFAULT_CAPABILITIES, this.#peer.config.localAs);
  }
}
