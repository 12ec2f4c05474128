/**
 * Scans a message in protobuf's binary form before it is decoded: whether it is a message at all, how many messages and values are in it, and
 * where it can be cut. Cuts are between fields: decoding the pieces one after the other into one message gives the same as decoding the whole
 * (protobuf.dev, "Encoding": the last value wins, repeated fields add up).
 */
import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { Malformed, type ScanLimits, TooMuch } from './json-scan.ts';

export interface ProtobufScan {
  /** Where the pieces end. The first one begins at 0. */
  readonly ends: readonly number[];
  readonly nestedMessages: number;
}

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/** Scans all of `bytes` as `desc`. Yields about every millisecond for other work. Throws TooMuch or Malformed. */
export function* scanProtobuf(desc: DescMessage, bytes: Uint8Array, limits: ScanLimits, pieceBytes: number): Generator<void, ProtobufScan> {
  const scan = new Scan(bytes, limits);
  const fields = fieldsOf(desc);
  const ends: number[] = [];
  let pieceStart = 0;
  while (scan.at < bytes.length) {
    scan.field(desc, fields, bytes.length, 1);
    if (scan.at - pieceStart < pieceBytes) continue;
    ends.push(scan.at);
    pieceStart = scan.at;
    yield;
  }
  if (pieceStart < bytes.length) ends.push(bytes.length);
  return { ends, nestedMessages: scan.nestedMessages };
}

class Scan {
  at = 0;
  nestedMessages = 0;
  #values = 0;
  readonly #bytes: Uint8Array;
  readonly #limits: ScanLimits;

  constructor(bytes: Uint8Array, limits: ScanLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  /** One field of a message that ends at `end`. */
  field(desc: DescMessage, fields: Fields, end: number, depth: number): void {
    const start = this.at;
    const tag = this.#varint(end);
    const wireType = tag % 8;
    const number = Math.floor(tag / 8);
    if (number === 0 || tag > 0xffff_ffff) throw new Malformed(`octet ${start}: no field of ${desc.name} has the number ${number}`);
    const field = fields.get(number);
    this.#count(1);
    if (field !== undefined && wireType !== wireTypeOf(field) && !(wireType === DELIMITED && isPackable(field))) {
      throw new Malformed(`octet ${start}: ${desc.name}.${field.name} is not of wire type ${wireType}`);
    }
    switch (wireType) {
      case VARINT:
        this.#varint(end);
        return;
      case FIXED64:
      case FIXED32:
        this.#skip(sizeOf(wireType), end, desc, start);
        return;
      case DELIMITED: {
        const length = this.#varint(end);
        const from = this.at;
        this.#skip(length, end, desc, start);
        // Before the field is looked into, which takes time.
        if (depth === 1 && length > this.#limits.elementBytes) {
          throw new TooMuch(`one of its values has more than ${this.#limits.elementBytes} octets`);
        }
        if (field?.message !== undefined && field.fieldKind !== 'map') this.#nested(field.message, from, depth);
        else if (field !== undefined && isPackable(field)) this.#packed(field, from, desc);
        return;
      }
      default:
        throw new Malformed(`octet ${start}: wire type ${wireType} does not exist in proto3`);
    }
  }

  #nested(desc: DescMessage, from: number, depth: number): void {
    if (depth === this.#limits.nesting) throw new TooMuch(`messages stand in each other to a depth of more than ${depth}`);
    if (++this.nestedMessages > this.#limits.nestedMessages) {
      throw new TooMuch(`it has more than ${this.#limits.nestedMessages} messages inside`);
    }
    const end = this.at;
    const fields = fieldsOf(desc);
    this.at = from;
    while (this.at < end) this.field(desc, fields, end, depth + 1);
  }

  /** Numbers of a repeated field, one after the other: each is counted. */
  #packed(field: DescField, from: number, desc: DescMessage): void {
    const end = this.at;
    const width = wireTypeOf(field);
    if (width === VARINT) {
      let count = 0;
      for (let i = from; i < end; i++) if (this.#bytes[i]! < 0x80) count++;
      if (end > from && this.#bytes[end - 1]! >= 0x80)
        throw new Malformed(`octet ${end}: a number of ${desc.name}.${field.name} is cut off`);
      this.#count(count);
      return;
    }
    const size = sizeOf(width);
    if ((end - from) % size !== 0) throw new Malformed(`octet ${end}: a number of ${desc.name}.${field.name} is cut off`);
    this.#count((end - from) / size);
  }

  #count(values: number): void {
    this.#values += values;
    if (this.#values > this.#limits.values) throw new TooMuch(`it has more than ${this.#limits.values} values`);
  }

  #skip(length: number, end: number, desc: DescMessage, start: number): void {
    if (length > end - this.at)
      throw new Malformed(`octet ${start}: a field of ${desc.name} has ${end - this.at} octets, its length says ${length}`);
    this.at += length;
  }

  /** The low 32 bits, unsigned; what is above counts as a length that is too large. */
  #varint(end: number): number {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (this.at >= end) throw new Malformed(`octet ${this.at}: a number is cut off`);
      const octet = this.#bytes[this.at++]!;
      if (i < 5) value += (octet & 0x7f) * 2 ** (7 * i);
      if (octet < 0x80) return value;
    }
    throw new Malformed(`octet ${this.at}: a number has more than 10 octets`);
  }
}

type Fields = ReadonlyMap<number, DescField>;
const FIELDS: WeakMap<DescMessage, Fields> = new WeakMap();

function fieldsOf(desc: DescMessage): Fields {
  let fields = FIELDS.get(desc);
  if (fields === undefined) {
    fields = new Map(desc.fields.map((field) => [field.number, field]));
    FIELDS.set(desc, fields);
  }
  return fields;
}

/** Whether values of a repeated field may follow each other in one field: numbers, not texts and messages. */
function isPackable(field: DescField): boolean {
  return field.fieldKind === 'list' && wireTypeOf(field) !== DELIMITED;
}

function sizeOf(wireType: number): number {
  return wireType === FIXED32 ? 4 : 8;
}

/** The wire type of one value of the field. */
function wireTypeOf(field: DescField): number {
  if (field.fieldKind === 'map' || field.message !== undefined) return DELIMITED;
  if (field.enum !== undefined) return VARINT;
  switch (field.scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return DELIMITED;
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
    case ScalarType.DOUBLE:
      return FIXED64;
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
    case ScalarType.FLOAT:
      return FIXED32;
    default:
      return VARINT;
  }
}
