/** Which programs hear what of a neighbor: an api section. */

export const MESSAGE_KINDS = ['open', 'update', 'notification', 'keepalive', 'refresh', 'operational'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

export interface MessageWishes {
  /** Decoded. */
  parsed: boolean;
  /** The octets, as an event. */
  packets: boolean;
  /** Decoded, with the octets. */
  consolidate: boolean;
  readonly kinds: Set<MessageKind>;
}

export interface ApiBlock {
  readonly processes: string[];
  /** Of names of processes. */
  readonly patterns: RegExp[];
  changes: boolean;
  negotiated: boolean;
  fsm: boolean;
  signal: boolean;
  readonly receive: MessageWishes;
  readonly send: MessageWishes;
}
