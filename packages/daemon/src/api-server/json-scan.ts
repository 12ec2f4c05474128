/**
 * Scans JSON text before it is parsed. One pass over the octets counts values and nesting, so that a text that would make too many objects is
 * refused before any are made. The pass also finds where the text can be cut into pieces, which are parsed in separate turns.
 *
 *     {"routes":[{…},{…},{…}],"x":1}      the text
 *     {"routes":[],"x":1}                 its frame
 *     {"routes":[{…},{…}]}  {"routes":[{…}]}   its pieces
 *
 * The text is valid JSON exactly when the frame and all pieces are. The parser checks that.
 */

/** A message is beyond a bound. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch';
}

/** The text is not JSON, or not a message. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

export interface ScanLimits {
  readonly nestedMessages: number;
  readonly values: number;
  readonly nesting: number;
  readonly elementBytes: number;
}

/** Some elements of a list that is a member of the outermost object. */
export interface JsonPiece {
  /** Octets `[nameStart, nameEnd)` are the name of the member with its quotes. */
  readonly nameStart: number;
  readonly nameEnd: number;
  /** Index of the first element. */
  readonly index: number;
  /** All elements of the list. */
  readonly isWhole: boolean;
  /** Octets of the elements, with the commas between them. */
  readonly start: number;
  readonly end: number;
}

export interface JsonScan {
  readonly pieces: readonly JsonPiece[];
  readonly nestedMessages: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Scans `bytes` and cuts it into pieces of about `pieceBytes`. A shorter text has no pieces. Yields about every millisecond for other work.
 * Throws TooMuch or Malformed.
 */
export function* scanJson(bytes: Uint8Array, limits: ScanLimits, pieceBytes: number): Generator<void, JsonScan> {
  const closers = new Uint8Array(limits.nesting + 1);
  const pieces: JsonPiece[] = [];
  const cuts = bytes.length > pieceBytes;
  const { length } = bytes;
  let depth = 0;
  let nestedMessages = 0;
  let values = 0;
  let members = 1;
  // In the outermost object: the last text, which is the name of a list that follows, and where the last member and list element began.
  let textStart = 0;
  let textEnd = 0;
  let memberStart = 0;
  let elementStart = 0;
  let inList = false;
  let index = 0;
  let pieceIndex = 0;
  let pieceStart = 0;
  let turnAt = TURN_BYTES;
  for (let at = 0; at < length; at++) {
    if (at >= turnAt) {
      turnAt = at + TURN_BYTES;
      yield;
    }
    const octet = bytes[at]!;
    if (octet === QUOTE) {
      const start = at++;
      const last = Math.min(length, start + limits.elementBytes);
      while (at < last && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
      if (at >= length) throw new Malformed('the JSON text ends within a string');
      if (at >= last) throw new TooMuch(`a text has more than ${limits.elementBytes} octets`);
      if (depth === 1) {
        textStart = start;
        textEnd = at + 1;
      }
    } else if (octet === OPEN_OBJECT || octet === OPEN_ARRAY) {
      if (depth === 0 && octet === OPEN_ARRAY) throw new Malformed('found a list, allowed is an object');
      if (depth === limits.nesting) throw new TooMuch(`objects and arrays stand in each other to a depth of more than ${limits.nesting}`);
      if (++nestedMessages > limits.nestedMessages) throw new TooMuch(`it has more than ${limits.nestedMessages} objects and arrays`);
      if (++values > limits.values) throw new TooMuch(`it has more than ${limits.values} values`);
      closers[depth++] = octet + 2;
      if (depth === 2 && octet === OPEN_ARRAY) {
        inList = true;
        index = 0;
        pieceIndex = 0;
        pieceStart = elementStart = at + 1;
      }
      if (depth === 1) memberStart = at + 1;
    } else if (octet === CLOSE_OBJECT || octet === CLOSE_ARRAY) {
      if (depth === 0 || closers[--depth] !== octet) throw new Malformed(`"${String.fromCharCode(octet)}" at octet ${at} closes nothing`);
      if (depth === 1 && inList) {
        checkSize(elementStart, at, limits);
        if (cuts)
          pieces.push({ nameStart: textStart, nameEnd: textEnd, index: pieceIndex, isWhole: pieceIndex === 0, start: pieceStart, end: at });
        inList = false;
        memberStart = at;
      }
      if (depth === 0) checkSize(memberStart, at, limits);
    } else if (octet === COMMA) {
      if (++values > limits.values) throw new TooMuch(`it has more than ${limits.values} values`);
      if (depth === 2 && inList) {
        checkSize(elementStart, at, limits);
        elementStart = at + 1;
        index++;
        if (cuts && at - pieceStart >= pieceBytes) {
          pieces.push({ nameStart: textStart, nameEnd: textEnd, index: pieceIndex, isWhole: false, start: pieceStart, end: at });
          pieceStart = at + 1;
          pieceIndex = index;
        }
      } else if (depth === 1) {
        if (++members > MEMBERS_MAX) throw new TooMuch(`the outermost object has more than ${MEMBERS_MAX} members`);
        checkSize(memberStart, at, limits);
        memberStart = at + 1;
      }
    }
  }
  if (depth !== 0) throw new Malformed('the JSON text ends early');
  return { pieces, nestedMessages };
}

function checkSize(start: number, end: number, { elementBytes }: ScanLimits): void {
  if (end - start > elementBytes) throw new TooMuch(`one of its values has more than ${elementBytes} octets`);
}

/** Octets between two yields: about a millisecond. */
const TURN_BYTES = 256 * 1024;

/** Members of the outermost object. No request has as many fields. */
const MEMBERS_MAX = 100;

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Text of `bytes[start, end)`; throws Malformed. */
export function utf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new Malformed('the text is not UTF-8');
  }
}

/** The text without the elements of the lists that are in pieces. */
export function jsonFrame(bytes: Uint8Array, { pieces }: JsonScan): string {
  let text = '';
  let at = 0;
  for (const { index, start, end } of pieces) {
    // Between two pieces of a list is a comma.
    if (index === 0) text += utf8(bytes.subarray(at, start));
    at = end;
  }
  return text + utf8(bytes.subarray(at));
}

export function jsonPiece(bytes: Uint8Array, piece: JsonPiece): string {
  const elements = utf8(bytes.subarray(piece.start, piece.end));
  if (!piece.isWhole && elements.trim() === '') throw new Malformed(`a list has no value before or after a comma, at octet ${piece.start}`);
  return `{${utf8(bytes.subarray(piece.nameStart, piece.nameEnd))}:[${elements}]}`;
}
