/** What holds of every value: it comes back from its text and from its JSON, as the very value. */
import assert from 'node:assert/strict';
import type { PathAttribute } from '../src/attributes/attribute.ts';
import { formatAttribute, parseAttribute } from '../src/attributes/attributes.ts';
import { formatCapability, parseCapability } from '../src/capabilities/capabilities.ts';
import type { Capability } from '../src/capabilities/registry.ts';
import type { Fault } from '../src/fault.ts';
import { attributeFromJson } from '../src/json/attributes.ts';
import { capabilityFromJson } from '../src/json/capabilities.ts';
import { faultFromJson, messageFromJson } from '../src/json/messages.ts';
import { toJson } from '../src/json.ts';
import type { Message } from '../src/messages/message.ts';
import { nlriFromJson } from '../src/nlri/json.ts';
import { formatNlri, type Nlri, parseNlri } from '../src/nlri/nlri.ts';
import { formatMessage, parseMessage } from '../src/text/message.ts';
import { formatFault, parseFault } from '../src/text/update.ts';

function check<T>(value: T, format: (value: T) => string, parse: (text: string) => T, fromJson: (json: unknown) => T): void {
  const text = format(value);
  assert.ok(!/[\n\r]/.test(text), 'text is one line');
  assert.deepEqual(parse(text), value, text);
  const json = JSON.stringify(toJson(value));
  assert.deepEqual(fromJson(JSON.parse(json)), value, json);
}

export function attributeComesBack(attribute: PathAttribute): void {
  check(
    attribute,
    formatAttribute,
    (text) => parseAttribute(text),
    (json) => attributeFromJson(json),
  );
}

export function nlriComesBack(nlri: Nlri): void {
  check(
    nlri,
    formatNlri,
    (text) => parseNlri(text, nlri.family),
    (json) => nlriFromJson(json),
  );
}

export function capabilityComesBack(capability: Capability): void {
  check(capability, formatCapability, parseCapability, (json) => capabilityFromJson(json));
}

export function faultComesBack(fault: Fault): void {
  check(fault, formatFault, parseFault, (json) => faultFromJson(json));
}

export function messageComesBack(message: Message): void {
  check(message, formatMessage, parseMessage, (json) => messageFromJson(json));
}

/** What `decode` makes of a Buffer, of which nothing is left afterwards: a value must not borrow what it was made from, nor change it. */
export function fromBorrowed<T>(bytes: Uint8Array, decode: (bytes: Uint8Array) => T): T {
  const buffer = Buffer.from(bytes);
  const value = decode(buffer);
  assert.ok(buffer.equals(bytes), 'what is decoded is left as it was');
  buffer.fill(0xa5);
  return value;
}
