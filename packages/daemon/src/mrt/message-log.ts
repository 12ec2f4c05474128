/**
 * Every BGP message that is received or sent, and every change of a session's state, as BGP4MP_ET (RFC 6396 §4.4 and §5; ADD-PATH: RFC 8050 §4.1).
 *
 *     session -> record in a buffer -> each second, or when it is full: whoever writes files
 *
 * A session only copies octets into the buffer. While nothing is configured nobody is told of messages, and a session pays for a comparison.
 */
import { Bgp4mpSubtype, encodeMrt, MrtType } from '@tsbgp/mrt';
import type { SessionInfo } from '@tsbgp/session';
import {
  AttributeCode,
  ByteWriter,
  type Family,
  HEADER_LENGTH,
  IPV4_UNICAST,
  MessageType,
  makeFamily,
  readU16,
  writeU32,
} from '@tsbgp/wire';
import type { Neighbor } from '../speaker/neighbor.ts';
import type { SessionObserver } from '../speaker/session-observer.ts';

/** The buffer is handed on when it has so many octets. */
const BUFFER_OCTETS = 256 * 1024;
/** RFC 6396 §4.4.1. */
const STATE_NUMBERS: Readonly<Record<string, number>> = { Idle: 1, Connect: 2, Active: 3, OpenSent: 4, OpenConfirm: 5, Established: 6 };
const AS_TRANS = 23_456;

/** What records of a session have in common. */
interface Known {
  readonly session: SessionInfo | undefined;
  /** From the AS numbers to the addresses, with AS numbers of the width that messages of the session have. */
  readonly head: Uint8Array;
  readonly fourOctetAs: boolean;
}

export class MessageLog implements SessionObserver {
  records = 0;
  readonly #known: WeakMap<Neighbor, Known> = new WeakMap();
  readonly #out: ByteWriter = new ByteWriter(BUFFER_OCTETS);
  readonly #write: (records: Uint8Array) => void;

  /** `write` is given whole records, which are its own. */
  constructor(write: (records: Uint8Array) => void) {
    this.#write = write;
  }

  /** Hands on what is in the buffer. */
  flush(): void {
    if (this.#out.length === 0) return;
    this.#write(this.#out.take());
    this.#out.length = 0;
  }

  stateChanged(neighbor: Neighbor, from: string, to: string): void {
    const { head } = known(neighbor, undefined);
    const start = this.#begin(Bgp4mpSubtype.StateChangeAs4, head);
    this.#out.u16(STATE_NUMBERS[from] ?? 0);
    this.#out.u16(STATE_NUMBERS[to] ?? 0);
    this.#end(start);
  }

  established(neighbor: Neighbor, session: SessionInfo): void {
    this.#known.set(neighbor, known(neighbor, session));
  }

  closed(neighbor: Neighbor): void {
    this.#known.delete(neighbor);
  }

  message(neighbor: Neighbor, direction: 'sent' | 'received', octets: Uint8Array): void {
    this.#message(this.#knownOf(neighbor, undefined), direction === 'sent', octets, 0, octets.length);
  }

  update(neighbor: Neighbor, session: SessionInfo, bytes: Uint8Array, start: number, end: number): void {
    this.#message(this.#knownOf(neighbor, session), false, bytes, start - HEADER_LENGTH, end);
  }

  sent(neighbor: Neighbor, messages: Uint8Array): void {
    const session = this.#knownOf(neighbor, undefined);
    for (let at = 0; at + HEADER_LENGTH <= messages.length; ) {
      const end = at + readU16(messages, at + 16);
      this.#message(session, true, messages, at, end);
      at = end;
    }
  }

  pause(): void {
    // The log never stops a session, and has nothing to stop.
  }

  /** A session that was up when the log began becomes known with its first message. */
  #knownOf(neighbor: Neighbor, session: SessionInfo | undefined): Known {
    const found = this.#known.get(neighbor);
    if (found !== undefined && (session === undefined || found.session === session)) return found;
    const info = session ?? neighbor.session;
    const made = known(neighbor, info);
    if (info !== undefined) this.#known.set(neighbor, made);
    return made;
  }

  #message({ session, head, fourOctetAs }: Known, isSent: boolean, bytes: Uint8Array, start: number, end: number): void {
    const addPath = isSent ? session?.send.addPath : session?.receive.addPath;
    const hasIdentifiers =
      addPath !== undefined && addPath.size > 0 && bytes[start + 18] === MessageType.Update && addPath.has(familyOf(bytes, start, end));
    const record = this.#begin(subtypeOf(fourOctetAs, isSent, hasIdentifiers), head);
    this.#out.raw(bytes, start, end);
    this.#end(record);
  }

  #begin(subtype: number, head: Uint8Array): number {
    const out = this.#out;
    const start = out.length;
    const now = performance.timeOrigin + performance.now();
    const seconds = Math.floor(now / 1000);
    out.u32(seconds);
    out.u16(MrtType.Bgp4mpEt);
    out.u16(subtype);
    out.u32(0);
    out.u32(Math.floor((now - seconds * 1000) * 1000));
    out.raw(head);
    return start;
  }

  #end(start: number): void {
    const out = this.#out;
    writeU32(out.bytes, start + 8, out.length - start - 12);
    this.records++;
    if (out.length >= BUFFER_OCTETS) this.flush();
  }
}

function subtypeOf(fourOctetAs: boolean, isSent: boolean, hasIdentifiers: boolean): number {
  if (hasIdentifiers) {
    if (fourOctetAs) return isSent ? Bgp4mpSubtype.MessageAs4LocalAddPath : Bgp4mpSubtype.MessageAs4AddPath;
    return isSent ? Bgp4mpSubtype.MessageLocalAddPath : Bgp4mpSubtype.MessageAddPath;
  }
  if (fourOctetAs) return isSent ? Bgp4mpSubtype.MessageAs4Local : Bgp4mpSubtype.MessageAs4;
  return isSent ? Bgp4mpSubtype.MessageLocal : Bgp4mpSubtype.Message;
}

/** The family of an UPDATE: that of its MP_REACH_NLRI or MP_UNREACH_NLRI, else IPv4 unicast. */
function familyOf(bytes: Uint8Array, start: number, end: number): Family {
  let at = start + HEADER_LENGTH + 2 + readU16(bytes, start + HEADER_LENGTH) + 2;
  const attributesEnd = at <= end ? Math.min(end, at + readU16(bytes, at - 2)) : at;
  while (at + 4 <= attributesEnd) {
    const isExtended = (bytes[at]! & 0x10) !== 0;
    const code = bytes[at + 1]!;
    const value = at + (isExtended ? 4 : 3);
    const isMultiprotocol = code === AttributeCode.MpReachNlri || code === AttributeCode.MpUnreachNlri;
    if (isMultiprotocol && value + 3 <= attributesEnd) return makeFamily(readU16(bytes, value), bytes[value + 2]!);
    at = value + (isExtended ? readU16(bytes, at + 2) : bytes[at + 2]!);
  }
  return IPV4_UNICAST;
}

/** Without a session AS numbers have four octets, and our address is the configured or the unspecified one. */
function known(neighbor: Neighbor, session: SessionInfo | undefined): Known {
  const { address, remoteAs, localAddress } = neighbor.config;
  const fourOctetAs = session?.receive.fourOctetAs ?? true;
  const fits = (as: number): number => (fourOctetAs || as <= 0xffff ? as : AS_TRANS);
  const peerAddress = address.replace(/%.*/, '');
  const unspecified = peerAddress.includes(':') ? '::' : '0.0.0.0';
  const record = encodeMrt(
    { timestamp: 0, microseconds: 0 },
    {
      type: 'state-change',
      peerAs: fits(session?.remoteAs ?? remoteAs),
      localAs: fits(session?.localAs ?? neighbor.localAs),
      interfaceIndex: 0,
      peerAddress,
      localAddress: (session?.localAddress ?? localAddress ?? unspecified).replace(/%.*/, ''),
      fourOctetAs,
      oldState: 0,
      newState: 0,
    },
  );
  // Between the time and the two states.
  return { session, head: record.slice(16, -4), fourOctetAs };
}
