/** The BGP servers of the program. One serves all neighbors with different addresses; several neighbors of one peer need one each. */
import { SyntaxFault } from '@tsbgp/process-api';
import { type Logger, type Peer, type PeerOptions, type Plugin, Server } from '@tsbgp/session';
import type { NeighborConfig } from '../config/neighbor.ts';
import type { Log } from '../env/log.ts';

export interface SpeakerOptions {
  /** `tcp.port`: of peers, and to listen on. */
  readonly port: number;
  /** `tcp.bind` */
  readonly bind: readonly string[];
  /** `bgp.passive` */
  readonly passive: boolean;
}

/** ExaBGP's first pause; then `next = int(1 + 1.2 × previous)`, up to a minute. */
const RETRY_SECONDS_FIRST = 1;
const RETRY_SECONDS_MAX = 60;
/** A pause also bounds the attempt itself. */
const ATTEMPT_SECONDS_MIN = 2;
/** Neighbors judge what is not of RFC 4271 and RFC 2918 themselves, to answer with ExaBGP's words. */
const OTHER_TYPES: readonly number[] = Array.from({ length: 250 }, (_, i) => 6 + i);
/** With `local-as auto` our OPEN comes second. */
const DELAY_OPEN_SECONDS = 240;
const RANGE_LIMIT = 10_000;

export function nextRetry(seconds: number): number {
  return Math.min(Math.floor(1 + 1.2 * seconds), RETRY_SECONDS_MAX);
}

export const RETRY_FIRST: number = RETRY_SECONDS_FIRST;

export function retryTimes(seconds: number): { connectRetrySeconds: number; idleHoldSeconds: number } {
  return { connectRetrySeconds: Math.max(seconds, ATTEMPT_SECONDS_MIN), idleHoldSeconds: seconds };
}

interface Speaker {
  readonly server: Server;
  readonly addresses: Set<string>;
  readonly listening: Set<string>;
}

export class Speakers {
  readonly #options: SpeakerOptions;
  readonly #logger: Logger;
  readonly #log: Log;
  readonly #speakers: Speaker[] = [];

  constructor(options: SpeakerOptions, log: Log) {
    this.#options = options;
    this.#log = log;
    this.#logger = {
      debug: (fields, message) => log.debug('network', `${message} ${JSON.stringify(fields)}`),
      info: (fields, message) => log.info('network', `${message} ${JSON.stringify(fields)}`),
      warn: (fields, message) => log.warning('network', `${message} ${JSON.stringify(fields)}`),
      error: (fields, message) => log.error('network', `${message} ${JSON.stringify(fields)}`),
    };
  }

  /** Adds a neighbor, stopped when `enabled` is false. Throws PeerError. */
  add(config: NeighborConfig, plugin: Plugin): Peer | undefined {
    const key = config.rangeBits === undefined ? config.peerAddress : `${config.peerAddress}/${config.rangeBits}`;
    let speaker = this.#speakers.find(({ addresses }) => !addresses.has(key));
    if (speaker === undefined) {
      speaker = { server: new Server({ routerId: config.routerId, logger: this.#logger }), addresses: new Set(), listening: new Set() };
      this.#speakers.push(speaker);
    }
    const options = this.#peerOptions(config);
    const localAs = config.localAs === 'auto' ? 1 : config.localAs;
    let peer: Peer | undefined;
    if (config.rangeBits === undefined) {
      const remoteAs = config.peerAs === 'auto' ? localAs : config.peerAs;
      peer = speaker.server.addPeer({ remoteAddress: config.peerAddress, localAs, remoteAs }, plugin, options);
    } else {
      const remoteAs = config.peerAs === 'auto' ? undefined : config.peerAs;
      speaker.server.addPeerRange({ prefix: key, localAs, remoteAs, limit: RANGE_LIMIT }, plugin, options);
    }
    speaker.addresses.add(key);
    this.#listen(speaker, config);
    return peer;
  }

  /** The TCP connection is closed without NOTIFICATION. */
  remove(config: NeighborConfig, peer: Peer | undefined): void {
    const key = config.rangeBits === undefined ? config.peerAddress : `${config.peerAddress}/${config.rangeBits}`;
    for (const { server, addresses } of this.#speakers) {
      if (!addresses.has(key) || (config.rangeBits === undefined && server.getPeer(config.peerAddress) !== peer)) continue;
      addresses.delete(key);
      peer?.drop();
      const gone = config.rangeBits === undefined ? server.deletePeer(config.peerAddress) : server.deletePeerRange(key);
      gone.catch((error: unknown) => this.#log.debug('network', String(error)));
      return;
    }
  }

  #peerOptions(config: NeighborConfig): PeerOptions {
    const { incomingTtl, outgoingTtl, tcpAo } = config;
    if (config.sourceInterface !== undefined) {
      this.#log.warning('network', `${config.peerAddress}: source-interface has no effect here; local-address chooses the source`);
    }
    if (tcpAo?.algorithm === 'hmac-sha-256') {
      throw new SyntaxFault('tcp-ao: found algorithm hmac-sha-256, allowed here is hmac-sha-1-96 or aes-128-cmac-96 (RFC 5926)');
    }
    return {
      localAddress: config.localAddress === 'auto' ? undefined : config.localAddress,
      remotePort: config.connect ?? this.#options.port,
      passive: config.passive || this.#options.passive,
      holdTimeSeconds: config.holdTimeSeconds,
      bgpIdentifier: config.routerId,
      exactCapabilities: true,
      anyRemoteAs: config.peerAs === 'auto',
      ...(config.localAs === 'auto' && { adoptRemoteAs: true, delayOpenSeconds: DELAY_OPEN_SECONDS }),
      otherMessageTypes: OTHER_TYPES,
      ...(incomingTtl !== undefined && incomingTtl > 0 ? { ttlSecurityHops: 256 - incomingTtl } : { multihopTtl: outgoingTtl }),
      md5Key: config.md5Password,
      ...(tcpAo !== undefined && {
        tcpAoKeys: [{ sendId: tcpAo.keyId, receiveId: tcpAo.keyId, key: tcpAo.password, algorithm: tcpAo.algorithm as 'hmac-sha-1-96' }],
      }),
      ...retryTimes(RETRY_SECONDS_FIRST),
    };
  }

  /** On the addresses of `tcp.bind`, and on the neighbor's own port. */
  #listen(speaker: Speaker, config: NeighborConfig): void {
    const wanted = this.#options.bind.map((host) => ({ host, port: this.#options.port }));
    if (config.listen !== undefined && config.localAddress !== 'auto') wanted.push({ host: config.localAddress, port: config.listen });
    for (const { host, port } of wanted) {
      const key = `${host} ${port}`;
      if (this.#speakers.some(({ listening }) => listening.has(key))) continue;
      speaker.listening.add(key);
      speaker.server.listen({ host, port }).then(
        (endpoint) => this.#log.info('network', `listening on ${endpoint.host} port ${endpoint.port}`),
        (error: unknown) =>
          this.#log.error('network', `cannot listen on ${host} port ${port}: ${error instanceof Error ? error.message : String(error)}`),
      );
    }
  }
}
