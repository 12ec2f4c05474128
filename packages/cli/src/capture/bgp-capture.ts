/** From the packets of a capture to its BGP messages, each read as the OPENs of its connection demand. */
import { type Conversation, newConversation, type ReadOutcome, readMessage } from '../decode/conversation.ts';
import { IpReader, TcpFlag, type TcpSegment } from './ip.ts';
import { findIp, knowsLinkType } from './link-layer.ts';
import { type Framed, MessageFramer } from './message-framer.ts';
import type { Packet } from './packet.ts';
import { type Piece, TcpStream } from './tcp-stream.ts';

/** One message, or what is to be said of octets that are none. */
export interface CaptureEntry {
  /** The packet that completed it. */
  readonly packet: number;
  readonly timeMicros: number | undefined;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly content:
    | ({ readonly type: 'message'; readonly bytes: Uint8Array } & ReadOutcome)
    | { readonly type: 'note'; readonly text: string };
}

/** What one side sends. */
interface Direction {
  readonly place: 0 | 1;
  readonly ends: Ends;
  stream: TcpStream;
  framer: MessageFramer;
  /** The last packet of it, and its time. */
  packet: number;
  timeMicros: number | undefined;
}

interface Connection {
  readonly directions: readonly [Direction, Direction];
  conversation: Conversation;
}

/** Connections remembered at a time; the one that was quiet longest is forgotten first. */
const CONNECTIONS_MAX = 4096;

export interface CaptureOptions {
  readonly port: number;
  readonly newConversation?: () => Conversation;
}

export class BgpCapture {
  readonly #port: number;
  readonly #newConversation: () => Conversation;
  readonly #ip = new IpReader();
  readonly #connections = new Map<string, Connection>();
  /** Packets with TCP on the port. */
  segments = 0;
  /** Link types of packets that could not be looked into. */
  readonly unknownLinkTypes: Set<number> = new Set();

  constructor(options: CaptureOptions) {
    this.#port = options.port;
    this.#newConversation = options.newConversation ?? newConversation;
  }

  push(packet: Packet): CaptureEntry[] {
    if (!knowsLinkType(packet.linkType)) this.unknownLinkTypes.add(packet.linkType);
    const start = findIp(packet.linkType, packet.bytes);
    const segment = start && this.#ip.read(packet.bytes, start);
    if (segment === undefined || (segment.sourcePort !== this.#port && segment.destinationPort !== this.#port)) return [];
    this.segments++;
    const connection = this.#connectionOf(segment);
    const direction = connection.directions.find(({ ends }) => ends.source === segment.source && ends.sourcePort === segment.sourcePort)!;
    const entries: CaptureEntry[] = [];
    if (direction.stream.isRestart(segment)) {
      this.#end(connection, entries);
      for (const each of connection.directions) each.stream = new TcpStream();
      connection.conversation = this.#newConversation();
    }
    direction.packet = packet.number;
    direction.timeMicros = packet.timeMicros;
    this.#read(connection, direction, direction.stream.push(segment, packet.number), entries);
    if ((segment.flags & TcpFlag.Rst) !== 0) this.#end(connection, entries);
    return entries;
  }

  /** The end of the capture: what still waits. */
  finish(): CaptureEntry[] {
    const entries: CaptureEntry[] = [];
    for (const connection of this.#connections.values()) this.#end(connection, entries);
    this.#connections.clear();
    return entries;
  }

  #connectionOf({ source, sourcePort, destination, destinationPort }: TcpSegment): Connection {
    const ends = { source, sourcePort, destination, destinationPort };
    const key = `${source} ${sourcePort} ${destination} ${destinationPort}`;
    const opposite = `${destination} ${destinationPort} ${source} ${sourcePort}`;
    let connection = this.#connections.get(key) ?? this.#connections.get(opposite);
    // The map is in order of use.
    this.#connections.delete(key);
    this.#connections.delete(opposite);
    connection ??= {
      directions: [
        newDirection(0, ends),
        newDirection(1, { source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort }),
      ],
      conversation: this.#newConversation(),
    };
    if (this.#connections.size >= CONNECTIONS_MAX) this.#connections.delete(this.#connections.keys().next().value!);
    this.#connections.set(key, connection);
    return connection;
  }

  #end(connection: Connection, entries: CaptureEntry[]): void {
    for (const direction of connection.directions) {
      this.#read(connection, direction, direction.stream.finish(), entries);
      this.#add(connection, direction, direction.framer.finish(), direction.packet, entries);
    }
  }

  #read(connection: Connection, direction: Direction, pieces: readonly Piece[], entries: CaptureEntry[]): void {
    for (const piece of pieces) {
      const framed = piece.type === 'octets' ? direction.framer.push(piece.bytes) : direction.framer.gap(piece.count);
      this.#add(connection, direction, framed, piece.packet, entries);
    }
  }

  #add(connection: Connection, direction: Direction, framed: readonly Framed[], packet: number, entries: CaptureEntry[]): void {
    for (const each of framed) {
      const content = each.type === 'note' ? each : { ...each, ...readMessage(connection.conversation, direction.place, each.bytes) };
      entries.push({ packet, timeMicros: direction.timeMicros, ...direction.ends, content });
    }
  }
}

type Ends = Pick<TcpSegment, 'source' | 'sourcePort' | 'destination' | 'destinationPort'>;

function newDirection(place: 0 | 1, ends: Ends): Direction {
  return { place, ends, stream: new TcpStream(), framer: new MessageFramer(), packet: 0, timeMicros: undefined };
}
