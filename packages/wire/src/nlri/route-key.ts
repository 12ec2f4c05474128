/** Route key of a Leaf A-D route (RFC 6514 §4.4, RFC 9572 §3.3): the NLRI that it answers, with its type (1) and length (1). */
import { copyOf, fromHex, toHex } from '../bytes.ts';
import { ValueError } from '../fault.ts';
import { type Field, take } from '../parts/fields.ts';

const ALLOWED = 'allowed the octets of an NLRI, e.g. "03020a0b"';

export const ROUTE_KEY: Field<Uint8Array> = {
  allowed: ALLOWED,
  read(reader) {
    const head = take(reader, 2);
    if (head < 0 || take(reader, reader.bytes[head + 1]!) < 0) return undefined;
    return copyOf(reader.bytes, head, reader.at);
  },
  write: (out, value) => out.raw(check(value)),
  format: (value) => toHex(value),
  parse(text) {
    if (!/^([0-9a-fA-F]{2})+$/.test(text)) throw new ValueError(`found "${text}", ${ALLOWED}`);
    return check(fromHex(text));
  },
};

function check(value: Uint8Array): Uint8Array {
  if (value.length < 2 || value.length !== 2 + value[1]!)
    throw new ValueError(`route key ${toHex(value)} is not an NLRI with its type and length`);
  return value;
}
