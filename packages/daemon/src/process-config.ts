/** A program that speaks ExaBGP's process API with the daemon, as the configuration says it. */

/** What a program may hear of sessions, beside messages. */
export const PROCESS_EVENTS = ['state', 'fsm', 'negotiated'] as const;
/** Kinds of messages that a program may hear of. */
export const PROCESS_MESSAGES = ['open', 'update', 'notification', 'keepalive', 'refresh'] as const;
/** How a message is told: decoded, as octets, or both. */
export const MESSAGE_FORMS = ['parsed', 'packets', 'consolidate'] as const;
export const API_VERSIONS = [4, 5, 6] as const;

export interface DaemonProcessConfig {
  readonly name: string;
  /** The program and its arguments. */
  readonly run: readonly string[];
  readonly encoder: 'text' | 'json';
  readonly apiVersion: (typeof API_VERSIONS)[number];
  readonly respawn: boolean;
  /** Commands are answered, until the program says otherwise. */
  readonly ack: boolean;
  /** What becomes of its routes when it ends. */
  readonly onEnd: 'keep' | 'withdraw';
  /** Addresses of the neighbors that it hears of and may command. Undefined: all, also those that come later. */
  readonly neighbors: readonly string[] | undefined;
  readonly events: readonly (typeof PROCESS_EVENTS)[number][];
  readonly receive: readonly (typeof PROCESS_MESSAGES)[number][];
  readonly send: readonly (typeof PROCESS_MESSAGES)[number][];
  readonly form: (typeof MESSAGE_FORMS)[number];
}
