/** The peers of one measurement, what they announce, and the waiting for what they hold. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Family } from '@tsbgp/wire';
import { type BenchAddresses, ipv4Addresses } from '../addresses.ts';
import { LoadPeer } from './load-peer.ts';
import { Prefixes } from './prefixes.ts';
import type { ProcessSample } from './process-sample.ts';
import { type SenderStream, senderStream } from './stream.ts';
import { UpdateReader } from './update-reader.ts';

const SINK_AS = 64999;
const LOOK_EVERY_MS = 5;
const KEEPALIVE_MS = 20_000;
/** Pause before the next phase, in which late changes of best paths arrive. */
const SETTLE_MS = 500;

export interface LoadOptions {
  readonly family: Family;
  readonly addresses: BenchAddresses;
  readonly port: number;
  readonly senders: number;
  /** Prefixes of each sender. */
  readonly prefixes: number;
  /** All senders announce the same prefixes. */
  readonly shared: boolean;
  /** Each sender receives what the others announce. Otherwise there is a sink that receives everything. */
  readonly mesh: boolean;
  /** ADD-PATH: each prefix is announced by so many senders, and each receiver gets all paths. 0: one path of each prefix. */
  readonly paths: number;
  readonly timeoutSeconds: number;
  readonly sample: ProcessSample;
}

export class Load {
  readonly options: LoadOptions;
  readonly prefixes: Prefixes;
  readonly senders: LoadPeer[] = [];
  readonly streams: SenderStream[] = [];
  readonly receivers: readonly LoadPeer[];
  readonly #deadline: number;
  #isOver = false;

  constructor(options: LoadOptions) {
    this.options = options;
    this.#deadline = performance.now() + options.timeoutSeconds * 1000;
    const { senders, shared, mesh, paths, prefixes: perSender } = options;
    const total = shared ? perSender : (perSender * senders) / Math.max(1, paths);
    this.prefixes = new Prefixes(options.family, total);
    const reader = new UpdateReader({ prefixes: this.prefixes, hasPathIdentifiers: paths > 0, remembers: mesh });
    const identifiers = ipv4Addresses;
    for (let index = 0; index < senders; index++) {
      this.streams.push(this.streamOf(index));
      const own = shared || paths > 0 ? { from: 0, to: 0 } : { from: perSender * index, to: perSender * (index + 1) };
      this.senders.push(this.#peer(options.addresses.sender(index), 65001 + index, identifiers.sender(index), reader, own));
    }
    this.receivers = mesh ? this.senders : [this.#peer(options.addresses.sink, SINK_AS, identifiers.sink, reader, { from: 0, to: 0 })];
    setInterval(() => {
      for (const peer of [...this.senders, ...this.receivers]) peer.keepalive();
    }, KEEPALIVE_MS).unref();
  }

  /** Routes that a receiver gets when `left` of the senders are not there. */
  wanted(left = 0): number {
    const { senders, mesh, shared, paths, prefixes } = this.options;
    if (shared) return prefixes;
    return paths > 0 || mesh ? prefixes * (senders - left - 1) : prefixes * (senders - left);
  }

  /** What a sender announces; another version has other attributes. */
  streamOf(index: number, version = 0): SenderStream {
    const { addresses, shared, paths, prefixes } = this.options;
    const sender = { as: 65001 + index, address: addresses.sender(index), hasPathIdentifiers: paths > 0 };
    return senderStream(this.prefixes, sender, shared ? 0 : (prefixes * index) % this.prefixes.count, prefixes, version);
  }

  async establish(): Promise<void> {
    await this.until('established', () => this.senders.every(isUp) && this.receivers.every(isUp));
  }

  /** Waits until all these receivers hold `count` routes and receive no more; returns when the last one arrived. */
  async converge(phase: string, receivers: readonly LoadPeer[], count: number): Promise<number> {
    await this.until(phase, () => receivers.every(({ held }) => held >= count) && performance.now() - lastReceived(receivers) > SETTLE_MS);
    return lastReceived(receivers);
  }

  /** Ends the process with status 5 if it takes too long. */
  async until(phase: string, isReached: () => boolean): Promise<void> {
    for (let round = 0; !isReached(); round++) {
      if (performance.now() > this.#deadline) {
        const held = this.receivers.slice(0, 8).map((peer) => peer.held);
        console.error(`timeout in phase "${phase}": ${held.join(' ')} of ${this.wanted()} routes`);
        process.exit(5);
      }
      if (round % 20 === 0) this.options.sample.take();
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** From now on sessions may end. */
  end(): void {
    this.#isOver = true;
  }

  #peer(address: string, as: number, bgpIdentifier: string, reader: UpdateReader, own: { from: number; to: number }): LoadPeer {
    const onLost = (reason: string): void => {
      if (this.#isOver) return;
      console.error(`peer ${address}: ${reason}`);
      process.exit(4);
    };
    const { options, prefixes } = this;
    const target = { host: options.addresses.target, port: options.port };
    return new LoadPeer({ address, as, bgpIdentifier, target, prefixes, hasPathIdentifiers: options.paths > 0, reader, own, onLost });
  }
}

function isUp({ established }: LoadPeer): boolean {
  return established;
}

/** When the last of these peers received the last message. */
export function lastReceived(peers: readonly LoadPeer[]): number {
  return peers.reduce((latest, peer) => Math.max(latest, peer.lastReceivedAt), 0);
}
