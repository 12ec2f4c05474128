/** PDUs of the RPKI-to-router protocol as values (RFC 8210 §5, 8210bis §5.12). */
import type { RtrVersion } from './codes.ts';

/** Times in seconds that a cache asks its routers to keep (RFC 8210 §6). */
export interface RtrIntervals {
  /** Between queries for changes. */
  readonly refresh: number;
  /** Between attempts, after a query failed. */
  readonly retry: number;
  /** How long the data may be used after the last complete answer. */
  readonly expire: number;
}

/** A PDU of any type and version. */
export type Pdu = (
  | { readonly type: 'serial-notify'; readonly sessionId: number; readonly serial: number }
  | { readonly type: 'serial-query'; readonly sessionId: number; readonly serial: number }
  | { readonly type: 'reset-query' }
  | { readonly type: 'cache-response'; readonly sessionId: number }
  | PrefixFields
  /** Without intervals in version 0. */
  | { readonly type: 'end-of-data'; readonly sessionId: number; readonly serial: number; readonly intervals?: RtrIntervals | undefined }
  | { readonly type: 'cache-reset' }
  | RouterKeyFields
  | ErrorReportFields
  | AspaFields
) & { readonly version: RtrVersion };

/** A VRP. */
interface PrefixFields {
  readonly type: 'ipv4-prefix' | 'ipv6-prefix';
  /** Bit 0: announced (1) or withdrawn (0). */
  readonly flags: number;
  /** As sent: bits after the prefix may be set. */
  readonly prefix: string;
  readonly maxLength: number;
  readonly asn: number;
}

/** A key of a BGPsec router. From version 1 on. */
interface RouterKeyFields {
  readonly type: 'router-key';
  /** Bit 0: announced (1) or withdrawn (0). */
  readonly flags: number;
  /** 20 octets. */
  readonly subjectKeyIdentifier: Uint8Array;
  readonly asn: number;
  readonly subjectPublicKeyInfo: Uint8Array;
}

interface ErrorReportFields {
  readonly type: 'error-report';
  /** One of `RtrError`, or another number. */
  readonly code: number;
  /** The PDU that was wrong, or as much of it as the sender gives. */
  readonly pdu: Uint8Array;
  readonly text: string;
}

/** The providers of a customer AS. From version 2 on. A withdrawal has none. */
interface AspaFields {
  readonly type: 'aspa';
  /** Bit 0: announced (1) or withdrawn (0). */
  readonly flags: number;
  readonly customer: number;
  readonly providers: readonly number[];
}

/** Bit 0 of the flags. */
export const ANNOUNCE = 1;

/** What is wrong with octets or with a PDU, as an Error Report says it. Returned, never thrown. */
export class RtrFault {
  /** One of `RtrError`. */
  readonly code: number;
  /** One sentence for people, and for the text of the Error Report. */
  readonly reason: string;
  /** A copy of the octets that were wrong. */
  readonly pdu: Uint8Array;

  constructor(code: number, reason: string, pdu: Uint8Array) {
    this.code = code;
    this.reason = reason;
    this.pdu = pdu;
  }
}
