/** The cache's side of the RPKI-to-router protocol (RFC 8210 §8): what a cache answers to the PDUs of one router. No I/O. */
import { RTR_VERSION_MAX, RtrError, type RtrVersion } from '../rtr/codes.ts';
import { decodePdu, fault } from '../rtr/decode.ts';
import { errorReport } from '../rtr/encode.ts';
import { ANNOUNCE, type Pdu, RtrFault, type RtrIntervals } from '../rtr/pdu.ts';
import type { CacheChange, CacheData } from './cache-data.ts';

/** What to send, and whether to close the connection after it. */
export interface CacheAnswer {
  readonly pdus: Iterable<Pdu>;
  readonly close: boolean;
}

export class CacheSession {
  readonly #data: CacheData;
  readonly #intervals: RtrIntervals;
  readonly #versionMax: RtrVersion;
  /** Undefined until the router's first query. */
  #version: RtrVersion | undefined;

  constructor(data: CacheData, intervals: RtrIntervals, versionMax: RtrVersion = RTR_VERSION_MAX) {
    this.#data = data;
    this.#intervals = intervals;
    this.#versionMax = versionMax;
  }

  /** The answer to the PDU in `bytes[start, end)`. */
  answer(bytes: Uint8Array, start: number, end: number): CacheAnswer {
    const pdu = decodePdu(bytes, start, end);
    if (pdu instanceof RtrFault) return this.refuse(pdu);
    if (pdu.type === 'error-report') return { pdus: [], close: true };
    if (pdu.version > this.#versionMax) {
      const reason = `version ${pdu.version}, allowed 0 to ${this.#versionMax}`;
      return this.refuse(fault(RtrError.UnsupportedVersion, reason, bytes, start, end));
    }
    if (pdu.version !== (this.#version ?? pdu.version)) {
      const reason = `version ${pdu.version} in a session of version ${this.#version}`;
      return this.refuse(fault(RtrError.UnexpectedVersion, reason, bytes, start, end));
    }
    this.#version = pdu.version;
    switch (pdu.type) {
      case 'reset-query':
        return { pdus: this.#records(this.#data.all()), close: false };
      case 'serial-query': {
        const changes = pdu.sessionId === this.#data.sessionId ? this.#data.since(pdu.serial) : undefined;
        return { pdus: changes === undefined ? [{ version: pdu.version, type: 'cache-reset' }] : this.#records(changes), close: false };
      }
      default:
        return this.refuse(fault(RtrError.InvalidRequest, `${pdu.type} from a router`, bytes, start, end));
    }
  }

  /** The Error Report for a fault. A stream that cannot be split into PDUs is one too. */
  refuse(problem: RtrFault): CacheAnswer {
    return { pdus: [errorReport(this.#version ?? this.#versionMax, problem)], close: true };
  }

  /** A Serial Notify; nothing before the version is settled. */
  notify(): Pdu | undefined {
    const { sessionId, serial } = this.#data;
    return this.#version === undefined ? undefined : { version: this.#version, type: 'serial-notify', sessionId, serial };
  }

  *#records(changes: Iterable<CacheChange>): IterableIterator<Pdu> {
    const version = this.#version!;
    const { sessionId, serial } = this.#data;
    yield { version, type: 'cache-response', sessionId };
    for (const change of changes) {
      const pdu = record(version, change);
      if (pdu !== undefined) yield pdu;
    }
    yield { version, type: 'end-of-data', sessionId, serial, intervals: this.#intervals };
  }
}

/** Undefined for what the version cannot say. */
function record(version: RtrVersion, { announce, vrp, aspa }: CacheChange): Pdu | undefined {
  const flags = announce ? ANNOUNCE : 0;
  if (vrp !== undefined) {
    return { version, type: vrp.prefix.includes(':') ? 'ipv6-prefix' : 'ipv4-prefix', flags, ...vrp };
  }
  return version === 2 ? { version, type: 'aspa', flags, customer: aspa.customer, providers: announce ? aspa.providers : [] } : undefined;
}
