/**
 * OPEN (RFC 4271 §4.2, capabilities RFC 5492, extended optional parameters RFC 9072), its body without the header.
 *
 *     0         1          3           5                 9          10
 *     +---------+----------+-----------+-----------------+-----------+---------------------+
 *     | version | my AS    | hold time | BGP identifier  | length, 1 | parameters: type, 1, length, 1, value
 *     +---------+----------+-----------+-----------------+-----------+---------------------+
 *
 *     RFC 9072, when the first parameter type is 255:    | 255 | 255 | length, 2 | parameters: type, 1, length, 2, value
 *
 * Errors, in this order (RFC 4271 §6.2): version; parameters that do not add up; then what `openFault` says of the values.
 */
import { formatIpv4 } from '../address.ts';
import { ByteWriter, copyOf, readU16, readUnsigned } from '../bytes.ts';
import { appendCapability, decodeCapabilities } from '../capabilities/capabilities.ts';
import type { Capability } from '../capabilities/registry.ts';
import { AS_TRANS, HEADER_LENGTH, MessageType, OpenError } from '../codes.ts';
import { Fault, openError, ValueError } from '../fault.ts';
import { dottedQuad } from '../parts/ipv4.ts';
import type { SpanRecorder } from '../spans.ts';
import { badLength } from './header.ts';

/** OPEN (RFC 4271 §4.2): who the sender is and what it can do. */
export interface OpenMessage {
  type: 'open';
  version: number;
  /** The 2-octet My Autonomous System field; `openAs` gives the real number. */
  as: number;
  holdTimeSeconds: number;
  /** Dotted quad; any but 0.0.0.0 (RFC 6286). */
  bgpIdentifier: string;
  capabilities: Capability[];
  /** Optional parameters that are not capabilities. */
  otherParameters: { code: number; bytes: Uint8Array }[];
  /** The parameters have the form of RFC 9072. `encodeOpenBody` also uses that form when the parameters do not fit the other one. */
  extendedParameters?: boolean;
}

/** How strictly an OPEN is read. */
export interface OpenDecodeOptions {
  /** For captures and BMP: accepts an OPEN from which no session could be made, and keeps unknown parameters. @default false */
  readonly lenient?: boolean;
  /** Records where each part lies. @default none */
  readonly spans?: SpanRecorder;
}

const VERSION = 4;
const FIXED_LENGTH = 10;
const CAPABILITIES_PARAMETER = 2;
const EXTENDED = 255;

/** `bytes[start, end)` is the body. Borrows nothing. */
export function decodeOpenBody(bytes: Uint8Array, start: number, end: number, options: OpenDecodeOptions = {}): OpenMessage | Fault {
  const { spans } = options;
  if (end - start < FIXED_LENGTH) return badLength(end - start + HEADER_LENGTH, MessageType.Open);
  const version = bytes[start]!;
  recordFixed(spans, bytes, start);
  if (version !== VERSION && options.lenient !== true) {
    const fault = unsupportedVersion(version);
    return spans?.blame(fault, start, start + 1) ?? fault;
  }
  const open: OpenMessage = {
    type: 'open',
    version,
    as: readU16(bytes, start + 1),
    holdTimeSeconds: readU16(bytes, start + 3),
    bgpIdentifier: formatIpv4(bytes, start + 5),
    capabilities: [],
    otherParameters: [],
  };
  const broken = decodeParameters(open, bytes, start + FIXED_LENGTH, end, bytes[start + 9]!, spans);
  if (broken !== undefined) return broken;
  const fault = options.lenient === true ? undefined : openFault(open);
  if (fault !== undefined && spans !== undefined) blameValue(spans, fault, start, end);
  return fault ?? open;
}

function recordFixed(spans: SpanRecorder | undefined, bytes: Uint8Array, start: number): void {
  spans?.numbers(start, ['version', 1], ['my-as', 2], ['hold-time', 2]);
  spans?.leaf('bgp-identifier', start + 5, start + 9, formatIpv4(bytes, start + 5));
  spans?.numbers(start + 9, ['optional-parameters-length', 1]);
}

/** The field that the fault of `openFault` is about, or all parameters when it is about one of them. */
function blameValue(spans: SpanRecorder, fault: Fault, start: number, end: number): void {
  if (fault.subcode === OpenError.BadPeerAs) spans.blame(fault, start + 1, start + 3);
  else if (fault.subcode === OpenError.UnacceptableHoldTime) spans.blame(fault, start + 3, start + 5);
  else if (fault.subcode === OpenError.BadBgpIdentifier) spans.blame(fault, start + 5, start + 9);
  else spans.blame(fault, start + FIXED_LENGTH, end);
}

function decodeParameters(
  open: OpenMessage,
  bytes: Uint8Array,
  start: number,
  end: number,
  length: number,
  spans: SpanRecorder | undefined,
): Fault | undefined {
  const broken = (reason: string, from: number): Fault => spans?.blame(malformed(reason), from, end) ?? malformed(reason);
  let at = start;
  let lengthSize: 1 | 2 = 1;
  // RFC 9072 §2: the type decides. The length octet before it should be 255, but any value except 0 is accepted.
  if (length !== 0 && start < end && bytes[start] === EXTENDED) {
    if (end - start < 3 || readU16(bytes, start + 1) !== end - start - 3)
      return broken('the extended optional parameters do not add up', start);
    open.extendedParameters = true;
    spans?.numbers(start, ['extended-type', 1], ['extended-length', 2]);
    at = start + 3;
    lengthSize = 2;
  } else if (start + length !== end) {
    return broken(`the optional parameters have ${end - start} octets, their length field says ${length}`, start - 1);
  }
  while (at < end) {
    const valueStart = at + 1 + lengthSize;
    if (valueStart > end) return broken('an optional parameter is cut short', at);
    const valueEnd = valueStart + readUnsigned(bytes, at + 1, lengthSize);
    if (valueEnd > end) return broken('an optional parameter reaches beyond the message', at);
    const code = bytes[at]!;
    spans?.open('parameter', at);
    spans?.numbers(at, ['type', 1], ['length', lengthSize]);
    if (code === CAPABILITIES_PARAMETER) {
      const capabilities = decodeCapabilities(bytes, valueStart, valueEnd, spans);
      if (capabilities instanceof Fault) return capabilities;
      for (const capability of capabilities) open.capabilities.push(capability);
    } else {
      open.otherParameters.push({ code, bytes: copyOf(bytes, valueStart, valueEnd) });
    }
    spans?.close(valueEnd);
    at = valueEnd;
  }
  return undefined;
}

/**
 * Why no session can be made of this OPEN (RFC 4271 §6.2), or undefined. The session checks what depends on its configuration: the expected AS
 * number, and that the identifier differs from ours.
 */
export function openFault(open: OpenMessage): Fault | undefined {
  if (open.version !== VERSION) return unsupportedVersion(open.version);
  // RFC 7607 §2: AS 0 in the field or in the capability.
  if (open.as === 0 || openAs(open) === 0) return openError(OpenError.BadPeerAs, 'AS number 0 is reserved');
  // RFC 4271 §4.2: 0, or at least three seconds.
  if (open.holdTimeSeconds === 1 || open.holdTimeSeconds === 2) {
    return openError(OpenError.UnacceptableHoldTime, `hold time ${open.holdTimeSeconds} is neither 0 nor at least 3 seconds`);
  }
  // RFC 6286 §2.2: any other identifier is valid.
  if (open.bgpIdentifier === '0.0.0.0') return openError(OpenError.BadBgpIdentifier, 'BGP identifier 0.0.0.0');
  const [other] = open.otherParameters;
  if (other !== undefined) return openError(OpenError.UnsupportedOptionalParameter, `optional parameter ${other.code} is not supported`);
  return undefined;
}

function malformed(reason: string): Fault {
  return openError(0, reason);
}

/** RFC 4271 §6.2: its data is the highest version that we support, in two octets. */
function unsupportedVersion(version: number): Fault {
  return openError(OpenError.UnsupportedVersionNumber, `version ${version} is not supported`, Uint8Array.of(0, VERSION));
}

/** The sender's AS number: that of the 4-octet AS capability, or without the capability that of the field (RFC 6793 §4.1). */
export function openAs(open: Pick<OpenMessage, 'as' | 'capabilities'>): number {
  for (const capability of open.capabilities) if (capability.type === 'four-octet-as') return capability.as;
  return open.as;
}

/** The value of the 2-octet field for the AS number `as` (RFC 6793 §4.1). */
export function openAsField(as: number): number {
  return as > 0xffff ? AS_TRANS : as;
}

/**
 * Appends the body to `out`. All capabilities are in one parameter. When 255 octets are too few, the form of RFC 9072 is used.
 * Throws ValueError for a value that cannot be written.
 */
export function encodeOpenBody(out: ByteWriter, open: OpenMessage): void {
  const identifier = dottedQuad('BGP identifier', open.bgpIdentifier);
  checkU16(open.as, 'My Autonomous System');
  checkU16(open.holdTimeSeconds, 'hold time');
  out.u8(open.version);
  out.u16(open.as);
  out.u16(open.holdTimeSeconds);
  out.raw(identifier);

  const parameters = open.otherParameters.map(({ code, bytes }) => ({ code, bytes }));
  // A parameter of type 255 must not come first, because it would mean the form of RFC 9072. A capabilities parameter without capabilities precedes it.
  if (open.capabilities.length > 0 || (parameters[0]?.code === EXTENDED && open.extendedParameters !== true)) {
    const value = new ByteWriter();
    for (const capability of open.capabilities) appendCapability(value, capability);
    parameters.unshift({ code: CAPABILITIES_PARAMETER, bytes: value.take() });
  }
  const length = parameters.reduce((sum, parameter) => sum + 2 + parameter.bytes.length, 0);
  const extended = open.extendedParameters === true || length > 0xff;
  if (extended) {
    out.u8(EXTENDED);
    out.u8(EXTENDED);
    out.u16(length + parameters.length);
  } else {
    out.u8(length);
  }
  for (const { code, bytes } of parameters) {
    out.u8(code);
    out.unsigned(bytes.length, extended ? 2 : 1);
    out.raw(bytes);
  }
}

function checkU16(value: number, what: string): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw new ValueError(`${what}: found ${value}, allowed 0 to 65535`);
}
