/** Which options of a peer may change while its session lasts: `Rib.changePeer`. */
import type { PeerOptions } from './peer.ts';

/** What the session itself is made of. */
type SessionOption =
  | 'kind'
  | 'remoteAs'
  | 'localAs'
  | 'bgpIdentifier'
  | 'address'
  | 'families'
  | 'receive'
  | 'send'
  | 'port'
  | 'confederationExternal'
  | 'reflectorClient'
  | 'clusterId'
  | 'role';

/** The options that may change. */
export type ChangeableOptions = Omit<PeerOptions, SessionOption>;

/** The options of a peer after a change: those of its session stay. */
export function changedOptions(before: PeerOptions, options: ChangeableOptions): PeerOptions {
  const { kind, remoteAs, localAs, bgpIdentifier, address, families, receive, send, port } = before;
  const { confederationExternal, reflectorClient, clusterId, role } = before;
  return {
    ...options,
    kind,
    remoteAs,
    localAs,
    bgpIdentifier,
    address,
    families,
    receive,
    send,
    port,
    role,
    ...(confederationExternal !== undefined && { confederationExternal }),
    ...(reflectorClient !== undefined && { reflectorClient }),
    ...(clusterId !== undefined && { clusterId }),
  };
}
