/** Finds the BGP messages in the packets of a capture, and reads each as the OPENs of its connection agreed. */
import { type Conversation, newConversation, type ReadOutcome, readMessage } from '../decode/conversation.ts';
import { type BrokenSegment, IpReader, type TcpEnds, TcpFlag } from './ip.ts';
import { findIp, knowsLinkType } from './link-layer.ts';
import { type Framed, MessageFramer } from './message-framer.ts';
import { octets, type Packet, type PacketMark } from './packet.ts';
import { type Piece, TcpStream } from './tcp-stream.ts';
import { IpProtocol } from './tunnel.ts';

/** A message, or a note about octets that are no message. */
export interface CaptureEntry extends TcpEnds {
  /** The number of the packet that completed it. */
  readonly packet: number;
  readonly timeMicros: number | undefined;
  /** The number of the connection in the capture, from 1. The same two ports may connect several times. */
  readonly connection: number;
  readonly content:
    | ({ readonly type: 'message'; readonly bytes: Uint8Array } & ReadOutcome)
    | { readonly type: 'note'; readonly text: string };
}

/** What one side of a connection sends. */
interface Direction {
  readonly side: 0 | 1;
  readonly ends: TcpEnds;
  stream: TcpStream;
  readonly framer: MessageFramer;
  /** The latest packet of this direction. */
  packet: PacketMark;
}

interface Connection {
  number: number;
  readonly directions: readonly [Direction, Direction];
  conversation: Conversation;
}

export interface CaptureOptions {
  readonly port: number;
  readonly newConversation?: () => Conversation;
  /** Most connections in memory. Beyond it the one that was quiet longest is ended: its incomplete data becomes notes. @default 4096 */
  readonly connectionsMax?: number;
  /** Most octets in memory, of all connections: after gaps, and of incomplete messages. @default 64 MiB */
  readonly waitingOctetsMax?: number;
}

export class BgpCapture {
  readonly #options: Required<CaptureOptions>;
  readonly #ip = new IpReader();
  /** By both ends. The order is that of use: the quietest connection comes first. */
  readonly #connections = new Map<string, Connection>();
  #connectionCount = 0;
  #waitingOctets = 0;
  /** Number of packets, and of those with TCP on the port. */
  packets = 0;
  segments = 0;
  /** Counts packets of unknown link types, by type. */
  readonly #unknownLinkTypes: Map<number, number> = new Map();
  /** Counts segments of other ports, by the lower of the two ports. */
  readonly #otherPorts: Map<number, number> = new Map();

  constructor(options: CaptureOptions) {
    this.#options = { newConversation: () => newConversation(), connectionsMax: 4096, waitingOctetsMax: 64 << 20, ...options };
  }

  /** The messages and notes that the packet completes. The octets of a message are borrowed until the next call. */
  push(packet: Packet): CaptureEntry[] {
    const entries: CaptureEntry[] = [];
    this.packets++;
    if (!knowsLinkType(packet.linkType)) count(this.#unknownLinkTypes, packet.linkType);
    const mark: PacketMark = { number: packet.number, timeMicros: packet.timeMicros };
    const start = findIp(packet.linkType, packet.bytes);
    const segment = start && this.#ip.read(packet.bytes, start, mark);
    for (const broken of this.#ip.takeBroken()) this.#addBroken(broken, entries);
    if (segment === undefined) return entries;
    if (!this.#isBgp(segment)) {
      count(this.#otherPorts, Math.min(segment.sourcePort, segment.destinationPort));
      return entries;
    }
    this.segments++;
    const connection = this.#connectionOf(segment, mark, entries);
    const direction = directionOf(connection, segment);
    const opposite = connection.directions[1 - direction.side]!;
    const before = waitingOctets(connection);
    if (direction.stream.isRestart(segment)) this.#restart(connection, entries);
    direction.packet = mark;
    // The other side comes first: the sender has read what it acknowledges, and its own octets may depend on that (its UPDATE on the other's OPEN).
    if ((segment.flags & TcpFlag.Ack) !== 0) {
      this.#read(connection, opposite, opposite.stream.acknowledged(segment.acknowledgment), entries);
    }
    this.#read(connection, direction, direction.stream.push(segment, mark), entries);
    if ((segment.flags & TcpFlag.Rst) !== 0) this.#end(connection, entries);
    this.#waitingOctets += waitingOctets(connection) - before;
    while (this.#waitingOctets > this.#options.waitingOctetsMax) this.#forgetQuietest(entries);
    return entries;
  }

  /** The end of the capture. Returns what is still incomplete. */
  finish(): CaptureEntry[] {
    const entries: CaptureEntry[] = [];
    this.#ip.finish();
    for (const broken of this.#ip.takeBroken()) this.#addBroken(broken, entries);
    while (this.#connections.size > 0) this.#forgetQuietest(entries);
    return entries;
  }

  /** For a capture without a packet of the port: what the packets hold instead, the most frequent first. */
  whatElse(): string[] {
    const parts = [
      ...frequent(this.#unknownLinkTypes).map(([type, n]) => `${packetsOf(n)} of link type ${type}, which is not known`),
      ...frequent(this.#otherPorts).map(([port, n]) => `${packetsOf(n)} of TCP port ${port}`),
      ...frequent(this.#ip.otherProtocols).map(
        ([protocol, n]) => `${packetsOf(n)} of ${PROTOCOLS.get(protocol) ?? `IP protocol ${protocol}`}`,
      ),
    ];
    return parts.length === 0 ? [`${packetsOf(this.packets)} without TCP`] : parts;
  }

  #isBgp({ sourcePort, destinationPort }: TcpEnds): boolean {
    return sourcePort === this.#options.port || destinationPort === this.#options.port;
  }

  #connectionOf(ends: TcpEnds, packet: PacketMark, entries: CaptureEntry[]): Connection {
    const key = keyOf(ends);
    let connection = this.#connections.get(key);
    if (connection !== undefined) {
      this.#connections.delete(key);
    } else {
      if (this.#connections.size >= this.#options.connectionsMax) this.#forgetQuietest(entries);
      const { source, sourcePort, destination, destinationPort } = ends;
      const there: TcpEnds = { source, sourcePort, destination, destinationPort };
      const back: TcpEnds = { source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort };
      connection = {
        number: ++this.#connectionCount,
        directions: [newDirection(0, there, packet), newDirection(1, back, packet)],
        conversation: this.#options.newConversation(),
      };
    }
    this.#connections.set(key, connection);
    return connection;
  }

  /** The same two ports begin a new connection. */
  #restart(connection: Connection, entries: CaptureEntry[]): void {
    this.#end(connection, entries);
    for (const direction of connection.directions) direction.stream = new TcpStream();
    connection.number = ++this.#connectionCount;
    connection.conversation = this.#options.newConversation();
  }

  #forgetQuietest(entries: CaptureEntry[]): void {
    const [key, connection] = this.#connections.entries().next().value!;
    this.#waitingOctets -= waitingOctets(connection);
    this.#end(connection, entries);
    this.#connections.delete(key);
  }

  #end(connection: Connection, entries: CaptureEntry[]): void {
    for (const direction of connection.directions) {
      this.#read(connection, direction, direction.stream.finish(), entries);
      this.#add(connection, direction, direction.framer.finish(), direction.packet, entries);
    }
  }

  #read(connection: Connection, direction: Direction, pieces: readonly Piece[], entries: CaptureEntry[]): void {
    for (const piece of pieces) {
      const { framer } = direction;
      if (piece.type === 'octets') this.#add(connection, direction, framer.push(piece.bytes), piece.packet, entries);
      else {
        const text =
          piece.type === 'missing' ? `${octets(piece.count)} missing in the capture` : 'the sequence numbers go on somewhere else';
        this.#add(connection, direction, [...framer.finish(), { type: 'note', text }], piece.packet, entries);
      }
    }
  }

  #addBroken(broken: BrokenSegment, entries: CaptureEntry[]): void {
    if (!this.#isBgp(broken)) return;
    this.segments++;
    const connection = this.#connectionOf(broken, broken.packet, entries);
    const note: Framed = { type: 'note', text: broken.reason };
    this.#add(connection, directionOf(connection, broken), [note], broken.packet, entries);
  }

  #add(connection: Connection, direction: Direction, framed: readonly Framed[], packet: PacketMark, entries: CaptureEntry[]): void {
    const { conversation, number } = connection;
    const { ends, side } = direction;
    for (const item of framed) {
      const content = item.type === 'note' ? item : { ...item, ...readMessage(conversation, side, item.bytes) };
      entries.push({ packet: packet.number, timeMicros: packet.timeMicros, connection: number, ...ends, content });
    }
  }
}

/** Most keys of a count. */
const COUNTED_MAX = 1024;
/** Most keys of a count in an error text. */
const SHOWN_MAX = 5;
const PROTOCOLS: ReadonlyMap<number, string> = new Map<number, string>([
  [IpProtocol.Icmp, 'ICMP'],
  [IpProtocol.Udp, 'UDP'],
  [IpProtocol.Gre, 'GRE without IP in it'],
  [IpProtocol.Icmp6, 'ICMPv6'],
  [IpProtocol.Ospf, 'OSPF'],
]);

function count(counts: Map<number, number>, key: number): void {
  if (counts.size < COUNTED_MAX || counts.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
}

function frequent(counts: ReadonlyMap<number, number>): (readonly [number, number])[] {
  return [...counts].toSorted(([, a], [, b]) => b - a).slice(0, SHOWN_MAX);
}

function packetsOf(n: number): string {
  return n === 1 ? '1 packet' : `${n} packets`;
}

/** The key of a connection, the same for both directions. */
function keyOf({ source, sourcePort, destination, destinationPort }: TcpEnds): string {
  const [from, to] = [`${source} ${sourcePort}`, `${destination} ${destinationPort}`];
  return from < to ? `${from} ${to}` : `${to} ${from}`;
}

function directionOf({ directions }: Connection, { source, sourcePort }: TcpEnds): Direction {
  const [first, second] = directions;
  return first.ends.source === source && first.ends.sourcePort === sourcePort ? first : second;
}

function newDirection(side: 0 | 1, ends: TcpEnds, packet: PacketMark): Direction {
  return { side, ends, stream: new TcpStream(), framer: new MessageFramer(), packet };
}

function waitingOctets({ directions }: Connection): number {
  return directions.reduce((sum, { stream, framer }) => sum + stream.waitingOctets + framer.waitingOctets, 0);
}
