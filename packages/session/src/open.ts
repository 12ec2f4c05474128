/** How our OPEN is written and the peer's is judged (RFC 4271 §6.2). */
import {
  AS_TRANS,
  ByteWriter,
  type Capability,
  encodeCapability,
  encodeOpenBody,
  equalBytes,
  Fault,
  HEADER_LENGTH,
  IPV4_UNICAST,
  MessageType,
  NotificationCode,
  OpenError,
  type OpenMessage,
  openAs,
  openAsField,
  writeHeader,
} from '@tsbgp/wire';

export const DEFAULT_CAPABILITIES: readonly Capability[] = [{ type: 'multiprotocol', family: IPV4_UNICAST }, { type: 'route-refresh' }];

export interface OurOpen {
  readonly localAs: number;
  readonly holdTimeSeconds: number;
  readonly bgpIdentifier: string;
  readonly capabilities: readonly Capability[];
}

/** What we advertise: the user's capabilities and the library's own, four-octet AS (RFC 6793 §3). */
export function advertised(capabilities: readonly Capability[], localAs: number): Capability[] {
  return [...capabilities.filter((capability) => capability.type !== 'four-octet-as'), { type: 'four-octet-as', as: localAs }];
}

/** The whole message. Throws ValueError for capabilities that cannot be written. */
export function encodeOpen(open: OurOpen): Uint8Array {
  const out = new ByteWriter();
  out.zeros(HEADER_LENGTH);
  encodeOpenBody(out, {
    type: 'open',
    version: 4,
    as: openAsField(open.localAs),
    holdTimeSeconds: open.holdTimeSeconds,
    bgpIdentifier: open.bgpIdentifier,
    capabilities: [...open.capabilities],
    otherParameters: [],
  });
  writeHeader(out.bytes, 0, out.length, MessageType.Open);
  return out.take();
}

export interface Expected {
  readonly localAs: number;
  /** One, several, or any (undefined). */
  readonly remoteAs: number | readonly number[] | undefined;
  readonly bgpIdentifier: string;
  readonly requiredCapabilities: readonly Capability[];
}

/** Why a well-formed OPEN of the peer is refused, or undefined. `decodeOpenBody` of wire checks what does not depend on the peer. */
export function judgeOpen(open: OpenMessage, expected: Expected): Fault | undefined {
  const as = openAs(open);
  const { remoteAs } = expected;
  const asExpected = typeof remoteAs === 'number' ? as === remoteAs : remoteAs === undefined || remoteAs.includes(as);
  // RFC 6793 §4.1: the two-octet field has the AS number if it fits, or AS_TRANS.
  if (!asExpected || (open.as !== openAsField(as) && open.as !== AS_TRANS)) {
    return openError(OpenError.BadPeerAs, `the peer is AS ${as}${typeof remoteAs === 'number' ? `, AS ${remoteAs} is configured` : ''}`);
  }
  // RFC 6286 §2.3: identifiers are unique only within an AS.
  if (as === expected.localAs && open.bgpIdentifier === expected.bgpIdentifier) {
    return openError(OpenError.BadBgpIdentifier, `the peer has our BGP identifier, ${open.bgpIdentifier}`);
  }
  return requiredFault(open, expected.requiredCapabilities);
}

/** RFC 5492 §5: the data of 2/7 is the missing capabilities. */
function requiredFault(open: OpenMessage, required: readonly Capability[]): Fault | undefined {
  if (required.length === 0) return undefined;
  const offered = open.capabilities.map(encodeCapability);
  const missing = required.map(encodeCapability).filter((wanted) => !offered.some((offer) => equalBytes(offer, wanted)));
  if (missing.length === 0) return undefined;
  const data = new ByteWriter();
  for (const bytes of missing) data.raw(bytes);
  return openError(OpenError.UnsupportedCapability, `the peer lacks ${missing.length} required capabilities`, data.take());
}

function openError(subcode: number, reason: string, data?: Uint8Array): Fault {
  return new Fault('reset', NotificationCode.OpenMessageError, subcode, reason, data);
}
