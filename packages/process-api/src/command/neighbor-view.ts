/** What `show neighbor` says of a neighbor, before it is written in one of its forms. */

/** What the forms show of a neighbor. */
export interface NeighborView {
  readonly isUp: boolean;
  readonly seconds: number;
  readonly fsm: string;
  readonly local: { readonly address: string; readonly as: number | string; readonly id: string; readonly hold: number };
  readonly peer: {
    readonly address: string;
    readonly as: number | string;
    readonly id: string | undefined;
    readonly hold: number | undefined;
  };
  /** By capability: ours, and the peer's when there is a session. `null`: not known. */
  readonly capabilities: readonly (readonly [name: string, local: boolean, peer: boolean | null])[];
  readonly families: readonly (readonly [name: string, peer: boolean | null, send: boolean, receive: boolean])[];
  readonly messages: readonly (readonly [name: string, sent: number, received: number])[];
  readonly received: number;
  readonly withdrawn: number;
}
