/** Readers of what an operator writes about routes: prefixes, next hops, and path attributes in the words of `tsbgp route add`. */
import { formatAddress, parseAddress, parseAttribute, ValueError } from '@tsbgp/wire';
import { Refusal } from './fields.ts';
import { notANextHop, notRouted } from './injectable.ts';
import { formatWirePrefix, parseWirePrefix } from './wire-prefix.ts';

/** A prefix that routers exchange, in canonical text. */
export function readPrefixText(value: string): string | Refusal {
  const prefix = parseWirePrefix(value);
  if (!('octets' in prefix)) {
    const { because } = prefix;
    return new Refusal('invalid-value', because && `${because.problem}; did you mean "${because.meant.join('" or "')}"?`);
  }
  if (!value.includes('/')) return new Refusal('invalid-value', `no length; write "${formatWirePrefix(prefix)}" for the address alone`);
  const reason = notRouted(prefix);
  return reason === undefined ? formatWirePrefix(prefix) : new Refusal('invalid-value', reason);
}

/** The address of a router, or the unspecified one, in canonical text. */
export function readNextHop(value: string): string | Refusal {
  const address = parseAddress(value);
  if (address === undefined) return new Refusal('invalid-value');
  const reason = notANextHop(address);
  return reason === undefined ? formatAddress(address) : new Refusal('invalid-value', reason);
}

/** Reads the text of a path attribute and gives it back; the value is made later by the same function of the wire package. */
export function attributeText(name: string): (value: unknown) => string | Refusal {
  return (value) => {
    // YAML reads 65001 as a number; `YamlSource` keeps 65001:100 as text.
    if (typeof value !== 'string' && typeof value !== 'number') return new Refusal('wrong-type');
    try {
      const attribute = parseAttribute(name, String(value));
      const hasSet = attribute.type === 'as-path' && attribute.value.some(({ type }) => type.endsWith('set'));
      return hasSet ? new Refusal('invalid-value', 'an AS_SET, RFC 9774') : String(value);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      return new Refusal('invalid-value', error.message);
    }
  };
}

/** A name that other keys refer to. */
export function readName(value: unknown): string | Refusal {
  if (typeof value !== 'string') return new Refusal('wrong-type');
  return /^[a-z][a-z0-9-]{0,62}$/i.test(value) ? value : new Refusal('invalid-value');
}
