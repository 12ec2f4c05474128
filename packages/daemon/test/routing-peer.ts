/** A peer over a real session that announces prefixes, and notes what it is sent. */
import assert from 'node:assert/strict';
import {
  DEFAULT_CONTEXT,
  decodeUpdate,
  encodeUpdate,
  Fault,
  IPV4_UNICAST,
  IPV6_UNICAST,
  MessageType,
  type PathAttribute,
  type UpdateMessage,
  type WireContext,
  writeU16,
} from '@tsbgp/wire';
import { RawPeer, type RawPeerOptions } from './raw-peer.ts';

export class RoutingPeer extends RawPeer {
  readonly view: Set<string> = new Set();
  /** Announced and withdrawn prefixes, and End-of-RIB, in order, with the time by the monotonic clock. */
  readonly log: { readonly what: string; readonly ms: number }[] = [];

  constructor(port: number, last: number, options: RawPeerOptions & { readonly localAs?: number } = {}) {
    super(port, last, 240, options);
    const context = { ...DEFAULT_CONTEXT, peerType: this.as === options.localAs ? 'ibgp' : 'ebgp' } as const;
    this.#context = context;
    this.onUpdate = (bytes, start, end) => {
      const update = decodeUpdate(bytes, start, end, context);
      assert.ok(!(update instanceof Fault));
      const note = (what: string): number => this.log.push({ what, ms: performance.now() });
      if (update.endOfRib !== undefined) note('end-of-rib');
      for (const { prefix } of update.withdrawn) {
        this.view.delete(prefix);
        note(`- ${prefix}`);
      }
      for (const { prefix } of update.nlri) {
        this.view.add(prefix);
        note(`+ ${prefix}`);
      }
    };
  }

  readonly #context: WireContext;

  /** @param asPath AS numbers; the peer's own alone, or none inside an AS, where it is not given */
  announce(prefix: string, med?: number, asPath: number[] = this.#context.peerType === 'ibgp' ? [] : [this.as]): void {
    const attributes: PathAttribute[] = [
      { type: 'origin', flags: 0x40, value: 'igp' },
      { type: 'as-path', flags: 0x40, value: asPath.length === 0 ? [] : [{ type: 'sequence', asns: asPath }] },
      { type: 'next-hop', flags: 0x40, value: '192.0.2.1' },
    ];
    if (med !== undefined) attributes.push({ type: 'multi-exit-disc', flags: 0x80, value: med });
    this.#send({ type: 'update', withdrawn: [], attributes, nlri: [{ type: 'ip-prefix', family: IPV4_UNICAST, prefix }] });
  }

  withdraw(prefix: string): void {
    this.#send({ type: 'update', withdrawn: [{ type: 'ip-prefix', family: IPV4_UNICAST, prefix }], attributes: [], nlri: [] });
  }

  /** For both families. */
  endOfRib(): void {
    this.#send({ type: 'update', withdrawn: [], attributes: [], nlri: [], endOfRib: IPV4_UNICAST });
    const unreach: PathAttribute = { type: 'mp-unreach-nlri', flags: 0x80, value: { family: IPV6_UNICAST, nlri: [] } };
    this.#send({ type: 'update', withdrawn: [], attributes: [unreach], nlri: [], endOfRib: IPV6_UNICAST });
  }

  has(...prefixes: string[]): Promise<void> {
    return this.until(() => prefixes.every((prefix) => this.view.has(prefix)), `${prefixes.join(', ')} at AS ${this.as}`);
  }

  lost(prefix: string): Promise<void> {
    return this.until(() => !this.view.has(prefix), `${prefix} to go at AS ${this.as}`);
  }

  #send(update: UpdateMessage): void {
    const body = encodeUpdate(update, this.#context);
    const message = new Uint8Array(19 + body.length).fill(0xff, 0, 16);
    writeU16(message, 16, message.length);
    message[18] = MessageType.Update;
    message.set(body, 19);
    this.socket.write(message);
  }
}
