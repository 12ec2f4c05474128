/**
 * Decodes messages of requests: checks, counts and decodes them in turns of a few milliseconds, so that a large message does not delay the
 * sessions. Connect's own decoder would decode a message in one turn, ignore unknown members of JSON, and answer INTERNAL to octets that are
 * not a message.
 */
import { setImmediate as turn } from 'node:timers/promises';
import {
  create,
  type DescField,
  type DescMessage,
  fromJson,
  type JsonValue,
  type Message,
  mergeFromBinary,
  mergeFromJsonString,
  ScalarType,
} from '@bufbuild/protobuf';
import { invalidArgument } from '../control-error.ts';
import { quote } from '../quote.ts';
import { jsonFrame, jsonPiece, Malformed, type ScanLimits, scanJson, utf8 } from './json-scan.ts';
import { scanProtobuf } from './protobuf-scan.ts';

/** Octets that are decoded in one turn: 1 to 3 ms. */
export const PIECE_BYTES: number = 64 * 1024;

/**
 * Decodes `bytes` as `desc`. Calls `reserve` with the number of messages inside before they are made; it may throw. Rejects with ControlError,
 * TooMuch or Malformed.
 */
export type Decode = (
  desc: DescMessage,
  bytes: Uint8Array,
  limits: ScanLimits,
  reserve: (nestedMessages: number) => void,
) => Promise<Message>;

export const decodeProtobuf: Decode = async (desc, bytes, limits, reserve) => {
  const { ends, nestedMessages } = await inTurns(scanProtobuf(desc, bytes, limits, PIECE_BYTES));
  reserve(nestedMessages);
  const message = create(desc);
  let start = 0;
  for (const end of ends) {
    if (start > 0) await turn();
    try {
      mergeFromBinary(desc, message, bytes.subarray(start, end), { readUnknownFields: false });
    } catch (error) {
      throw new Malformed(`octets ${start} to ${end}: ${reasonOf(error)}`);
    }
    start = end;
  }
  return message;
};

export const decodeJson: Decode = async (desc, bytes, limits, reserve) => {
  const scan = await inTurns(scanJson(bytes, limits, PIECE_BYTES));
  reserve(scan.nestedMessages);
  const message = create(desc);
  mergeJson(desc, message, scan.pieces.length === 0 ? utf8(bytes) : jsonFrame(bytes, scan), 0);
  for (const piece of scan.pieces) {
    await turn();
    mergeJson(desc, message, jsonPiece(bytes, piece), piece.index);
  }
  return message;
};

/** `firstIndex` is the index of the first element of the lists in `text`. */
function mergeJson(desc: DescMessage, message: Message, text: string, firstIndex: number): void {
  try {
    mergeFromJsonString(desc, message, text);
  } catch (error) {
    let json: JsonValue;
    try {
      json = JSON.parse(text) as JsonValue;
    } catch (notJson) {
      throw new Malformed(`the text is not JSON: ${reasonOf(notJson)}`);
    }
    const wrong = findWrong(desc, json, '', firstIndex) ?? { place: '', sentence: reasonOf(error) };
    throw invalidArgument(wrong.place, wrong.sentence, { cause: error });
  }
}

interface Wrong {
  readonly place: string;
  readonly sentence: string;
}

/** The first place in `json` that does not fit `desc`; undefined when all fits. */
function findWrong(desc: DescMessage, json: JsonValue, place: string, firstIndex: number): Wrong | undefined {
  const reason = refusal(desc, json);
  if (reason === undefined) return undefined;
  if (json === null || typeof json !== 'object' || Array.isArray(json))
    return { place, sentence: `found ${show(json)}, allowed is an object` };
  for (const [name, value] of Object.entries(json)) {
    const field = desc.fields.find((candidate) => candidate.jsonName === name || candidate.name === name);
    if (field === undefined) return { place: join(place, printable(name)), sentence: unknownMember(desc) };
    if (value === null) continue;
    const wrong = findWrongIn(desc, field, value, join(place, field.name), firstIndex);
    if (wrong !== undefined) return wrong;
  }
  return { place, sentence: reason };
}

function findWrongIn(desc: DescMessage, field: DescField, value: JsonValue, place: string, firstIndex: number): Wrong | undefined {
  const isList = field.fieldKind === 'list';
  if (isList && !Array.isArray(value)) return { place, sentence: `found ${show(value)}, allowed is a list` };
  const { message } = field;
  if (refusal(desc, { [field.jsonName]: value }) === undefined) return undefined;
  const isMessage = message !== undefined && field.fieldKind !== 'map' && !message.typeName.startsWith('google.protobuf.');
  for (const [i, element] of (isList ? (value as JsonValue[]) : [value]).entries()) {
    const at = isList ? `${place}[${i + firstIndex}]` : place;
    if (isMessage) {
      const wrong = findWrong(message, element, at, 0);
      if (wrong !== undefined) return wrong;
    } else if (refusal(desc, { [field.jsonName]: isList ? [element] : element }) !== undefined) {
      return { place: at, sentence: `found ${show(element)}, allowed is ${allowed(field)}` };
    }
  }
  return undefined;
}

/** Why protobuf's own reader refuses a message. */
function refusal(desc: DescMessage, json: JsonValue): string | undefined {
  try {
    fromJson(desc, json);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function unknownMember({ fields }: DescMessage): string {
  const names = fields.map(({ jsonName }) => jsonName).join(', ');
  return names === '' ? 'is not known, no member is allowed here' : `is not known, allowed are ${names}`;
}

function join(place: string, name: string): string {
  return place === '' ? name : `${place}.${name}`;
}

/** A name as part of a path, in quotes if it could be misread. */
function printable(name: string): string {
  return /^\w{1,64}$/.test(name) ? name : quote(name);
}

function show(value: JsonValue): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function allowed(field: DescField): string {
  if (field.enum !== undefined) return `one of ${field.enum.values.map(({ name }) => name).join(', ')}`;
  return field.scalar === undefined ? 'what the field is documented with' : (ALLOWED[field.scalar] ?? 'a number');
}

const U32 = 'a whole number from 0 to 4294967295';
const U64 = 'a whole number from 0 to 18446744073709551615, as text where it is above 9007199254740991';
const ALLOWED: Readonly<Partial<Record<ScalarType, string>>> = {
  [ScalarType.STRING]: 'a text',
  [ScalarType.BOOL]: 'true or false',
  [ScalarType.BYTES]: 'octets in base64',
  [ScalarType.UINT32]: U32,
  [ScalarType.FIXED32]: U32,
  [ScalarType.UINT64]: U64,
  [ScalarType.FIXED64]: U64,
};

/** The last part of protobuf's own message. The parts before it name protobuf's types. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^cannot decode .*? from (?:JSON|binary): /s, '');
}

/** Runs a scan to its end. Other work runs whenever the scan yields. */
async function inTurns<T>(scan: Generator<void, T>): Promise<T> {
  for (;;) {
    const step = scan.next();
    if (step.done === true) return step.value;
    await turn();
  }
}
