/** What happened to a neighbor, before it is written for a process. */
import type { Family, NotificationMessage, OpenMessage, OperationalMessage, RouteRefreshMessage, WireContext } from '@tsbgp/wire';
import type { UpdateView } from './update-view.ts';

export type Direction = 'receive' | 'send' | 'in';

/** The neighbor as events name it. */
export interface EventNeighbor {
  readonly localAddress: string;
  readonly peerAddress: string;
  readonly localAs: number;
  readonly peerAs: number;
  readonly routerId: string;
}

export type MessageContent =
  | { readonly type: 'open'; readonly open: OpenMessage }
  | { readonly type: 'update'; readonly update: UpdateView }
  | { readonly type: 'notification'; readonly notification: NotificationMessage }
  | { readonly type: 'keepalive' }
  | { readonly type: 'refresh'; readonly refresh: RouteRefreshMessage }
  | { readonly type: 'operational'; readonly operational: OperationalMessage };

export type ExaEvent =
  | { readonly type: 'state'; readonly state: 'up' | 'connected' | 'down'; readonly reason?: string }
  | { readonly type: 'fsm'; readonly state: string }
  | { readonly type: 'signal'; readonly code: number; readonly name: string }
  | { readonly type: 'negotiated'; readonly negotiated: NegotiatedView }
  | {
      readonly type: 'message';
      readonly direction: Direction;
      readonly content: MessageContent;
      /** The whole message, for `consolidate`. */
      readonly octets: Uint8Array | undefined;
      /** For a process that asked for it. */
      readonly negotiated: NegotiatedView | undefined;
    }
  | {
      readonly type: 'packet';
      readonly direction: Direction;
      readonly octets: Uint8Array;
      readonly negotiated: NegotiatedView | undefined;
    };

export interface NegotiatedView {
  readonly messageSize: number;
  readonly holdTimeSeconds: number;
  readonly asn4: boolean;
  readonly multisession: boolean;
  readonly operational: boolean;
  readonly refresh: 'absent' | 'normal' | 'enhanced';
  readonly families: readonly Family[];
  readonly nextHops: readonly { readonly family: Family; readonly nextHopAfi: number }[];
  readonly addPathSend: readonly Family[];
  readonly addPathReceive: readonly Family[];
}

/** A neighbor that events are told of. */
export interface EventSource {
  readonly eventNeighbor: EventNeighbor;
  /** Events told so far. */
  counter: number;
  /** While there is a session. */
  readonly negotiated: NegotiatedView | undefined;
  readonly sendContext: WireContext | undefined;
}

/** What the daemon says of itself in events. */
export interface EventFrame {
  /** Seconds. */
  readonly time: number;
  readonly host: string;
  readonly pid: number;
  readonly ppid: number;
}
