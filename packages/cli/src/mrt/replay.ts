/** `tsbgp replay`: plays MRT files to a router as one of its peers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type CloseReason, Server, type SessionInfo, type UpdateWriter } from '@tsbgp/session';
import { encodeMessage, endOfRib, formatFamily, parseCapability } from '@tsbgp/wire';
import { CliError, ExitCode } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { counted, duration } from '../terminal/units.ts';
import { REPLAY_FAMILIES, type ReplaySkips, replayItems } from './replay-source.ts';

/** Checked when the command line was read. */
export interface ReplayOptions {
  readonly to: { readonly host: string; readonly port: number };
  readonly localAs: number;
  readonly remoteAs: number;
  readonly routerId: string;
  readonly localAddress?: string;
  readonly md5Key?: string;
  /** Addresses and AS numbers of the peers whose routes are replayed. @default all */
  readonly peer?: readonly string[];
  /** How many times faster than it happened; Infinity: at once. */
  readonly speed: number;
  /** Ends the session when all is sent. @default it stays until Ctrl-C */
  readonly exit?: boolean;
  /** Longest wait for the session, in seconds. */
  readonly wait: number;
}

/** Octets that are written at once. */
const BATCH_OCTETS = 1 << 16;

interface Session {
  readonly info: SessionInfo;
  readonly writer: UpdateWriter;
}

/** Throws CliError when no session comes up, or when it ends before everything is sent. */
export async function runReplay(invocation: Invocation, files: readonly string[], options: ReplayOptions): Promise<void> {
  const { signal } = invocation.io;
  const server = new Server({ routerId: options.routerId });
  try {
    const { session, closed } = await connect(server, options, signal);
    await invocation.io.stderr.write(`connected to ${options.to.host}, AS ${session.info.remoteAs}\n`);
    const played = play(session, files, options, signal);
    const ended = closed.then((reason) => {
      if (!signal.aborted) throw new CliError(ExitCode.Refused, `the session ended: ${reason.text}`);
    });
    // The other one may still reject later, when the session is closed below.
    ended.catch(() => {});
    const report = await Promise.race([played, ended]);
    if (report === undefined) return;
    await invocation.print(report);
    if (options.exit === true || signal.aborted) return;
    await invocation.io.stderr.write('all is sent; Ctrl-C ends the session, and with it the routes\n');
    await Promise.race([ended, aborted(signal)]);
  } finally {
    await server.close('replay ended');
  }
}

async function connect(
  server: Server,
  options: ReplayOptions,
  signal: AbortSignal,
): Promise<{ session: Session; closed: Promise<CloseReason> }> {
  const { to, localAs, remoteAs, localAddress, md5Key } = options;
  return await new Promise((resolve, reject) => {
    const closing = Promise.withResolvers<CloseReason>();
    const timer = setTimeout(
      () =>
        reject(new CliError(ExitCode.CannotConnect, `no session with ${to.host} port ${to.port} within ${options.wait} s`, hints(options))),
      options.wait * 1000,
    );
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(new CliError(ExitCode.Refused, 'interrupted'));
      },
      { once: true },
    );
    server.addPeer(
      { remoteAddress: to.host, localAs, remoteAs },
      {
        getCapabilities: () => REPLAY_FAMILIES.map((family) => parseCapability(`multiprotocol ${formatFamily(family)}`)),
        onEstablished(_peer, info, writer) {
          clearTimeout(timer);
          resolve({ session: { info, writer }, closed: closing.promise });
          return () => undefined;
        },
        onClose: (_peer, reason) => closing.resolve(reason),
      },
      { remotePort: to.port, ...(localAddress !== undefined && { localAddress }), ...(md5Key !== undefined && { md5Key }) },
    );
  });
}

function hints({ localAs, remoteAs, routerId }: ReplayOptions): string[] {
  return [
    `the router needs a neighbor with our address and AS ${localAs}, and its own AS has to be ${remoteAs}; our identifier is ${routerId}`,
  ];
}

/** Sends everything, and says what was sent. */
async function play({ info, writer }: Session, files: readonly string[], options: ReplayOptions, signal: AbortSignal): Promise<string> {
  const skips: ReplaySkips = { family: 0, damaged: 0 };
  const target = {
    context: info.send,
    families: new Set(REPLAY_FAMILIES.filter((family) => info.families.has(family))),
    isExternal: options.localAs !== options.remoteAs,
  };
  const output = new Output(writer);
  const started = performance.now();
  let firstSeconds: number | undefined;
  let messages = 0;
  let isTableDone = false;
  const endTable = async (): Promise<void> => {
    if (isTableDone) return;
    isTableDone = true;
    for (const family of target.families) await output.add(encodeMessage(endOfRib(family), info.send));
  };
  for await (const item of replayItems(files, target, wantedPeers(options.peer), skips)) {
    if (signal.aborted) break;
    if (item.seconds !== undefined) {
      await endTable();
      firstSeconds ??= item.seconds;
      const due = started + (1000 * (item.seconds - firstSeconds)) / options.speed;
      const wait = due - performance.now();
      if (wait > 1) {
        await output.flush();
        await sleep(wait, undefined, { signal }).catch(() => {});
      }
    }
    await output.add(item.octets);
    messages += item.messages;
  }
  await endTable();
  await output.flush();
  await writer.flushed();
  const seconds = (performance.now() - started) / 1000;
  const left = [
    ...(skips.family > 0 ? [`${counted(skips.family, 'UPDATE or route', 'UPDATEs or routes')} of other families left out`] : []),
    ...(skips.damaged > 0 ? [`${counted(skips.damaged, 'damaged place')} left out`] : []),
  ];
  return [`${counted(messages, 'UPDATE')} in ${seconds < 10 ? `${seconds.toFixed(1)}s` : duration(seconds)}`, ...left].join(', ');
}

/** Gathers messages, and waits while the peer is slow. */
class Output {
  readonly #writer: UpdateWriter;
  #parts: Uint8Array[] = [];
  #length = 0;

  constructor(writer: UpdateWriter) {
    this.#writer = writer;
  }

  async add(octets: Uint8Array): Promise<void> {
    this.#parts.push(octets);
    this.#length += octets.length;
    if (this.#length >= BATCH_OCTETS) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#length === 0) return;
    const all = Buffer.concat(this.#parts, this.#length);
    this.#parts = [];
    this.#length = 0;
    // Rejects when the session ends.
    if (!this.#writer.write(all)) await this.#writer.flushed();
  }
}

function wantedPeers(peers: readonly string[] | undefined): (address: string, as: number) => boolean {
  if (peers === undefined) return () => true;
  const wanted = new Set(peers);
  return (address, as) => wanted.has(address) || wanted.has(String(as));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
