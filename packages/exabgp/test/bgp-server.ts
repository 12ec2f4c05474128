/**
 * The passive BGP speaker of the corpus: answers with a copy of the client's OPEN, and compares what the client sends with what a case expects. Its
 * README says how.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { fromHex, toHex } from '@tsbgp/wire';
import type { CorpusCase, CorpusMessage, CorpusSession } from './corpus.ts';

const MARKER = 'f'.repeat(32);
const KEEPALIVE = fromHex(`${MARKER}001304`);
const TYPES = { open: 1, update: 2, notification: 3, keepalive: 4, refresh: 5 } as const;
const DEFAULT_ROUTE = fromHex(`${MARKER}00310200000015400101004002004003047f000001400504000000642000000000`);

export interface ServerHost {
  signal(name: NodeJS.Signals): void;
}

export class CorpusServer {
  readonly #case: CorpusCase;
  readonly #host: ServerHost;
  readonly #stages: CorpusMessage[][];
  readonly #server: Server;
  readonly #matched: Uint8Array[] = [];
  #settle: (problem: string | undefined) => void = () => {};
  /** Resolves with what went wrong, or undefined. */
  readonly result: Promise<string | undefined>;

  constructor(found: CorpusCase, sessions: readonly CorpusSession[], host: ServerHost) {
    this.#case = found;
    this.#host = host;
    this.#stages = sessions.flatMap(({ stages }) =>
      stages.toSorted((a, b) => a.sequence - b.sequence).map(({ messages }) => [...messages]),
    );
    this.result = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(): Promise<number> {
    const host = this.#case.settings.bind === 'ipv6' ? '::1' : '127.0.0.1';
    await new Promise<void>((resolve) => this.#server.listen({ host, port: 0 }, resolve));
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  close(): void {
    this.#server.close();
  }

  /** The client has ended. */
  ended(): void {
    this.#finish(this.#left() === 0 ? undefined : `the program ended while ${this.#describe()} were expected`);
  }

  timedOut(): void {
    this.#finish(`nothing came while ${this.#describe()} were expected`);
  }

  #finish(problem: string | undefined): void {
    this.#settle(problem);
  }

  #left(): number {
    return this.#stages.reduce((sum, stage) => sum + stage.length, 0);
  }

  #describe(): string {
    return (this.#stages.find((stage) => stage.length > 0) ?? []).map(({ raw, action }) => raw?.slice(32) ?? action).join(', ');
  }

  #serve(socket: Socket): void {
    let pending = new Uint8Array(0);
    let isOpen = false;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      pending = Uint8Array.from([...pending, ...chunk]);
      for (;;) {
        const length = pending.length >= 19 ? (pending[16]! << 8) | pending[17]! : Number.POSITIVE_INFINITY;
        if (pending.length < length) return;
        const message = pending.slice(0, length);
        pending = pending.slice(length);
        if (!isOpen) {
          isOpen = true;
          this.#open(message, socket);
        } else this.#message(message, socket);
      }
    });
  }

  #open(message: Uint8Array, socket: Socket): void {
    const { settings } = this.#case;
    if (settings.inspect_open && !this.#match(message)) return;
    let answer: Uint8Array = message.slice();
    answer[27] = (answer[27]! + 1) & 0xff;
    if (settings.server_asn !== null) setAs(answer, settings.server_asn);
    if (settings.send_unknown_capability) answer = withCapability(answer, 66, new TextEncoder().encode('loremipsum'));
    socket.write(answer);
    socket.write(KEEPALIVE);
    if (settings.send_unknown_message) socket.write(fromHex(`${MARKER}0013ff`));
    if (settings.send_default_route) socket.write(DEFAULT_ROUTE);
    this.#act(socket);
  }

  #message(message: Uint8Array, socket: Socket): void {
    const type = message[18];
    if (type !== TYPES.keepalive && !this.#match(message)) return;
    if (type === TYPES.refresh) for (const update of this.#matched) socket.write(update);
    socket.write(KEEPALIVE);
    this.#act(socket);
  }

  /** False: the case has failed. */
  #match(message: Uint8Array): boolean {
    if (this.#left() === 0) return true;
    const stage = this.#stages.find((each) => each.length > 0)!;
    const hex = toHex(message).toUpperCase();
    const at = stage.findIndex(({ raw, without_marker: isBare }) => raw === (isBare === true ? hex.slice(32) : hex));
    if (at < 0) {
      this.#finish(`${hex.slice(32)} came while ${this.#describe()} were expected`);
      return false;
    }
    const [found] = stage.splice(at, 1);
    if (found?.type === 'update') this.#matched.push(message);
    if (this.#left() === 0) this.#finish(undefined);
    return true;
  }

  /** What the case does next, if it is its turn. */
  #act(socket: Socket): void {
    for (let next = this.#stages.find((stage) => stage.length > 0)?.[0]; next?.action !== undefined; ) {
      this.#stages.find((stage) => stage.length > 0)!.shift();
      if (next.action === 'send_signal') this.#host.signal(next.signal ?? 'SIGUSR1');
      else {
        const text = new TextEncoder().encode(next.text);
        const data = Uint8Array.of(6, 2, text.length, ...text);
        const length = 19 + data.length;
        socket.end(Uint8Array.of(...fromHex(MARKER), length >>> 8, length & 0xff, TYPES.notification, ...data));
      }
      if (this.#left() === 0) this.#finish(undefined);
      next = this.#stages.find((stage) => stage.length > 0)?.[0];
    }
  }
}

/** In the field and in capability 65. */
function setAs(open: Uint8Array, as: number): void {
  const field = as > 0xffff ? 23_456 : as;
  open[20] = field >>> 8;
  open[21] = field & 0xff;
  for (let at = 29; at + 8 <= open.length; at++) {
    if (open[at] === 65 && open[at + 1] === 4) open.set([as >>> 24, (as >>> 16) & 0xff, (as >>> 8) & 0xff, as & 0xff], at + 2);
  }
}

function withCapability(open: Uint8Array, code: number, value: Uint8Array): Uint8Array {
  const parameter = [2, value.length + 2, code, value.length, ...value];
  const answer = Uint8Array.from([...open, ...parameter]);
  answer[16] = answer.length >>> 8;
  answer[17] = answer.length & 0xff;
  answer[28] = answer[28]! + parameter.length;
  return answer;
}
