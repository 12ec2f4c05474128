/**
 * Lists of capabilities in an optional parameter of OPEN (RFC 5492 §4), and the text of a capability.
 *
 *     +---------+-----------+------------------+
 *     | code, 1 | length, 1 | value            |  …
 *     +---------+-----------+------------------+
 *
 * Text is the type and its words: `multiprotocol ipv4-unicast`, `add-path ipv4-unicast:both`, `unknown 200 0a0b`.
 */
import { ByteWriter, copyOf, fromHex, toHex } from '../bytes.ts';
import { Fault, openError, ValueError } from '../fault.ts';
import { parseNumber } from '../numbers.ts';
import type { SpanRecorder } from '../spans.ts';
import { splitWords } from '../words.ts';
import { type Capability, capabilityCodec, capabilityCodecByType } from './registry.ts';
import { noMoreWords } from './text.ts';

/** The capabilities in `bytes[start, end)`; or the fault 2/0 when lengths do not add up or a capability that the session needs is malformed. */
export function decodeCapabilities(bytes: Uint8Array, start = 0, end: number = bytes.length, spans?: SpanRecorder): Capability[] | Fault {
  const capabilities: Capability[] = [];
  for (let at = start; at < end; ) {
    if (end - at < 2 || at + 2 + bytes[at + 1]! > end) {
      const fault = malformed('a capability reaches beyond its parameter');
      return spans?.blame(fault, at, end) ?? fault;
    }
    const valueEnd = at + 2 + bytes[at + 1]!;
    spans?.open('capability', at);
    spans?.numbers(at, ['code', 1], ['length', 1]);
    const capability = decodeCapability(bytes[at]!, bytes, at + 2, valueEnd, spans);
    if (capability instanceof Fault) return spans?.blame(capability, at, valueEnd) ?? capability;
    spans?.close(valueEnd, capability, capability.type === 'unknown' ? `capability-${capability.code}` : capability.type);
    capabilities.push(capability);
    at = valueEnd;
  }
  return capabilities;
}

function decodeCapability(
  code: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  spans: SpanRecorder | undefined,
): Capability | Fault {
  const codec = capabilityCodec(code);
  const mark = spans?.mark();
  const value = codec?.decode(bytes, start, end, spans);
  if (value !== undefined) return value;
  if (mark !== undefined) spans?.forget(mark);
  if (codec?.malformed === 'reset') return malformed(`capability ${codec.type} of ${end - start} octets is malformed`);
  return { type: 'unknown', code, bytes: copyOf(bytes, start, end) };
}

/** RFC 4271 §6.2: a parameter that is recognized but malformed has the subcode Unspecific. */
function malformed(reason: string): Fault {
  return openError(0, reason);
}

/** One capability with its code and length. Throws ValueError for a value that cannot be written. */
export function encodeCapability(capability: Capability): Uint8Array {
  const out = new ByteWriter(32);
  appendCapability(out, capability);
  return out.take();
}

export function appendCapability(out: ByteWriter, capability: Capability): void {
  if (capability.type === 'unknown') {
    out.u8(capability.code);
    out.counted8(() => out.raw(capability.bytes), 'capability unknown');
    return;
  }
  const codec = capabilityCodecByType(capability.type);
  if (codec === undefined) throw new ValueError(`there is no capability "${String(capability.type)}"`);
  out.u8(codec.code);
  out.counted8(() => codec.encode(out, capability), `capability ${capability.type}`);
}

/** One line of text. */
export function formatCapability(capability: Capability): string {
  if (capability.type === 'unknown') return `unknown ${capability.code}${capability.bytes.length > 0 ? ` ${toHex(capability.bytes)}` : ''}`;
  const words = capabilityCodecByType(capability.type)?.format(capability) ?? '';
  return words === '' ? capability.type : `${capability.type} ${words}`;
}

/** The capability that `formatCapability` wrote as `text`. Throws ValueError. */
export function parseCapability(text: string): Capability {
  const [type = '', ...words] = splitWords(text);
  if (type === 'unknown') return parseUnknown(words);
  const codec = capabilityCodecByType(type);
  if (codec === undefined)
    throw new ValueError(`there is no capability "${type}", e.g. "multiprotocol ipv4-unicast" or "unknown 200 0a0b"`);
  return codec.parse(words);
}

function parseUnknown([code, hex, ...rest]: string[]): Capability {
  noMoreWords(rest);
  try {
    return { type: 'unknown', code: parseNumber(code, 0xff, 'capability code'), bytes: fromHex(hex ?? '') };
  } catch (cause) {
    if (cause instanceof ValueError) throw cause;
    throw new ValueError(`"${hex}" is not hexadecimal, e.g. "unknown 200 0a0b"`, { cause });
  }
}
