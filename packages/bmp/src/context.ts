/** How to decode the BGP messages about a peer: what its OPENs agree on, and what the per-peer header says. */
import {
  type Capability,
  decodeMessage,
  type Family,
  Fault,
  negotiate,
  type OpenMessage,
  openAs,
  STORED_CONTEXT,
  type WireContext,
} from '@tsbgp/wire';
import { BmpPeerType } from './codes.ts';
import type { BmpPeerUp } from './messages/values.ts';
import type { BmpPeer } from './peer.ts';

/** Both directions of a session, as its Peer Up tells them. */
export interface BmpContexts {
  /** ADD-PATH in what the router received (Adj-RIB-In) and in what it sent (Adj-RIB-Out). */
  readonly received: ReadonlySet<Family>;
  readonly sent: ReadonlySet<Family>;
}

const NONE: BmpContexts = { received: new Set(), sent: new Set() };

/** What the OPENs of a Peer Up agree on. OPENs that cannot be read agree on nothing. */
export function bmpContexts({ sentOpen, receivedOpen }: BmpPeerUp): BmpContexts {
  const [local, remote] = [openOf(sentOpen), openOf(receivedOpen)];
  if (local === undefined || remote === undefined) return NONE;
  const outcome = negotiate(capabilitiesOf(local), capabilitiesOf(remote), { localAs: openAs(local), remoteAs: openAs(remote) });
  if (outcome instanceof Fault) return NONE;
  return { received: outcome.receive.addPath, sent: outcome.send.addPath };
}

/**
 * The context for UPDATEs with this per-peer header. Attributes are accepted as from an internal peer: a station shows what a router has, and does
 * not judge it.
 */
export function bmpContext(peer: BmpPeer, contexts: BmpContexts = NONE): WireContext {
  const addPath = peer.peerType === BmpPeerType.LocRib || !peer.adjRibOut ? contexts.received : contexts.sent;
  return { ...STORED_CONTEXT, fourOctetAs: !peer.twoOctetAsPath, addPath, extendedMessage: true };
}

function openOf(bytes: Uint8Array): OpenMessage | undefined {
  const message = decodeMessage(bytes, 0, bytes.length, STORED_CONTEXT, { lenient: true });
  return message instanceof Fault || message.type !== 'open' ? undefined : message;
}

function capabilitiesOf({ capabilities }: OpenMessage): readonly Capability[] {
  return capabilities;
}
