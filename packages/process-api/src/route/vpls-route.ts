/**
 * VPLS (RFC 4761): `vpls rd 192.0.2.1:123 endpoint 5 base 10702 offset 1 size 8 next-hop 192.0.2.1 …`, or as a section with a name.
 */
import { Afi, formatRd, makeFamily, Safi } from '@tsbgp/wire';
import type { Statement } from '../text/lexer.ts';
import { SyntaxFault } from '../text/syntax-fault.ts';
import { readName } from '../text/values.ts';
import { Words } from '../text/words.ts';
import { readAttributes } from './attribute-words.ts';
import { RouteDraft } from './draft.ts';
import type { Purpose } from './prefix-route.ts';
import type { Route } from './route.ts';
import { typedRoute } from './typed-route.ts';

const FAMILY = makeFamily(Afi.L2vpn, Safi.Vpls);
const FIELDS = { endpoint: 0xffff, offset: 0xffff, size: 0xffff, base: 0xf_ffff } as const;

/** `at` is the place after the word `vpls`. */
export function readVpls(statement: Statement, at: number, purpose: Purpose): Route {
  const found = new Map<string, number>();
  const own = Object.fromEntries(
    Object.entries(FIELDS).map(([name, max]) => [name, (words: Words) => void found.set(name, words.number(0, max))]),
  );
  const draft = new RouteDraft();
  const words = new Words(statement.words, at, statement.line);
  if (statement.body !== undefined && words.more) readName(words, 'the VPLS');
  readAttributes(words, draft, own);
  for (const inner of statement.body ?? []) readAttributes(new Words(inner.words), draft, own);
  const missing = [...(draft.rd === undefined ? ['rd'] : []), ...Object.keys(FIELDS).filter((name) => !found.has(name))];
  if (purpose === 'announce' && draft.nextHop === undefined) missing.push('next-hop');
  const [endpoint, offset, size, base] = ['endpoint', 'offset', 'size', 'base'].map((name) => found.get(name) ?? 0) as [
    number,
    number,
    number,
    number,
  ];
  if (missing.length > 0) {
    const example = 'e.g. "vpls rd 192.0.2.1:123 endpoint 5 base 10702 offset 1 size 8 next-hop 192.0.2.1"';
    throw new SyntaxFault(`found no ${missing.join(', ')}, ${example}`, statement.line);
  }
  if (base + size > FIELDS.base)
    throw new SyntaxFault(`found base ${base} and size ${size}, allowed are labels up to ${FIELDS.base}`, statement.line);
  const nlri = { type: 'vpls', family: FAMILY, rd: formatRd(draft.rd!), veId: endpoint, veBlockOffset: offset, veBlockSize: size } as const;
  // The bottom-of-stack bit is set, as ExaBGP does; RFC 4761 §3.2.2 says nothing of these four bits.
  return typedRoute({ ...nlri, labelBase: base, labelBits: 1 }, draft, statement.line);
}
