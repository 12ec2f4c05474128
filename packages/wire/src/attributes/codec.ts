/**
 * A path attribute as a row of a table. The row answers everything that shared code asks about the attribute; shared code never compares codes.
 * In this package a new attribute is a file with one row, a line in rows.ts, and a file of vectors for the tests.
 */
import type { ByteWriter } from '../bytes.ts';
import type { WireContext } from '../context.ts';
import type { Fault } from '../fault.ts';
import type { Form } from '../parts/json-form.ts';

/** A row of the table of path attributes. `Value` is what the attribute decodes to. */
export interface AttributeCodec<Value, Type extends string = string> {
  /** The type code (IANA, BGP Path Attributes). */
  readonly code: number;
  /** The `type` key of the decoded attribute, e.g. 'multi-exit-disc'. */
  readonly type: Type;
  /** The RFC's name, e.g. 'MULTI_EXIT_DISC'. */
  readonly name: string;
  /** A short name for people, at most 14 letters. @default `type` with spaces, e.g. 'multi exit disc' */
  readonly label?: string;
  /** Optional and Transitive bits as the RFC demands them (RFC 7606 §3 c compares these two only). */
  readonly flags: number;
  /**
   * The verdict on other Optional or Transitive bits, where the attribute's RFC names one (RFC 7606 §3 c). If the value is malformed too, the
   * stronger verdict holds (§3 h). @default 'withdraw'
   */
  readonly wrongFlags?: 'discard';
  /**
   * External peers may not send it: `check` returns a fault 'discard' if one does. With 'confederation', peers of another AS of our confederation
   * may (RFC 5065 §5.3). @default anybody may
   */
  readonly internalOnly?: 'as' | 'confederation';
  /** The value has AS numbers, whose length may depend on the session (RFC 6793 §4). @default false */
  readonly holdsAsNumbers?: true;
  /** The value has NLRI: the attribute is written first (RFC 7606 §5.1), and a second one ends the session (§3 g). @default false */
  readonly holdsNlri?: true;
  /** Octets of each entry, for a list of entries of one size. @default the value is no such list */
  readonly entryLength?: number;
  /** What BGP itself does with the attribute when a route is sent. @default decided by `flags`: RFC 4271 §5, see ExportRule */
  readonly exportRule?: ExportRule;
  /** What the decision process reads from the attribute. @default nothing */
  readonly fact?: AttributeFact;

  /**
   * RFC 7606's verdict on the value in `bytes[start, end)`; undefined when it is well-formed. Every read is checked here.
   * Allocates nothing when there is no fault: the RIB calls it for each distinct attribute set.
   */
  check(bytes: Uint8Array, start: number, end: number, context: WireContext): Fault | undefined;

  /**
   * The value. Called only on octets that `check` passed. The value does not refer to `bytes`, and `encode` turns it into the same octets.
   * Records the parts of the value in `context.spans`.
   */
  decode(bytes: Uint8Array, start: number, end: number, context: WireContext): Value;

  /** Appends the value without the attribute header. Throws ValueError for a value that cannot be written. */
  encode(out: ByteWriter, value: Value, context: WireContext): void;

  /** Text for people, one line. `parse(format(x))` equals x. */
  format(value: Value): string;

  /** Throws ValueError that names what was found and what is allowed. */
  parse(text: string): Value;

  /** One line that reads well beside `label`, e.g. 'AS 65001'. @default that of `format` */
  describe?(value: Value): string;

  /** The value from its JSON form. */
  readonly fromJson: Form<Value>;

  /** The JSON form, for a value that is a list. @default that of parts/plain-json.ts */
  toJson?(value: Value): unknown;
}

/**
 * What BGP itself does with an attribute when a route is sent to a peer (RFC 4271 §5, §9.2). Without a rule the flags decide: transitive
 * attributes go to every peer, others to internal peers only.
 *
 *   'mandatory'                goes to every peer; a route without it is never sent
 *   'as-path'                  an external peer gets our AS in front
 *   'next-hop'                 NEXT_HOP: replaced by our own address where the peer needs it
 *   'mp-next-hop'              the next hop in MP_REACH_NLRI: the same
 *   'multi-exit-disc'          an external peer gets it with our own routes only
 *   'local-pref'               to internal peers only; they get the default if the route has none
 *   'aggregator'               a two-octet peer gets AS_TRANS and AS4_AGGREGATOR
 *   'communities'              as it is; a well-known community may be added
 *   'transitive-communities'   an external peer gets only the communities that are transitive (RFC 4360 §6); see `entryLength`
 *   'aigp'                     only on sessions that use AIGP; with our own address as next hop, the cost to the one it had is added
 *   'originator-id'            ORIGINATOR_ID: to peers of our AS only; added to a route that is reflected (RFC 4456 §8)
 *   'cluster-list'             CLUSTER_LIST: to peers of our AS only; our cluster goes in front of it in a route that is reflected
 *   'only-to-customer'         goes to every peer; added where the role of the peer asks for it (RFC 9234 §5)
 *   'rebuilt'                  never copied: we write it from other attributes for each peer that needs it
 */
export type ExportRule =
  | 'mandatory'
  | 'as-path'
  | 'next-hop'
  | 'mp-next-hop'
  | 'multi-exit-disc'
  | 'local-pref'
  | 'aggregator'
  | 'communities'
  | 'transitive-communities'
  | 'aigp'
  | 'originator-id'
  | 'cluster-list'
  | 'only-to-customer'
  | 'rebuilt';

/**
 * What the decision process and export read from an attribute (RFC 4271 §9.1).
 *
 *   'origin', 'as-path', 'multi-exit-disc', 'local-pref', 'aigp'   steps of the decision process
 *   'next-hop', 'mp-next-hop'                              whether the route has a next hop that can be used, and whether it is ours
 *   'reflectors'                                           identifiers of four octets: whether ours is among them (RFC 4456 §8)
 *   'only-to-customer'                                     that it is there (RFC 9234 §5)
 *   'communities'                                          NO_EXPORT and its like (RFC 1997)
 */
export type AttributeFact =
  | 'origin'
  | 'as-path'
  | 'multi-exit-disc'
  | 'local-pref'
  | 'next-hop'
  | 'mp-next-hop'
  | 'reflectors'
  | 'communities'
  | 'aigp'
  | 'only-to-customer';
