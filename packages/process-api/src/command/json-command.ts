/**
 * Commands as JSON, one object a line:
 *
 *     {"exabgp": "5.0.0", "type": "announce", "neighbor": "192.0.2.1", "route": {"prefix": "10.0.0.0/24", "next-hop": "self", "community": ["65000:1"]}}
 *
 * `route` has the keywords of a text command; a list is a value in brackets, `true` a keyword without a value.
 */
import { SyntaxFault } from '../text/syntax-fault.ts';

const EXAMPLE = '{"type": "announce", "route": {"prefix": "10.0.0.0/24", "next-hop": "192.0.2.1"}}';
const WORD = /^[^\s;{}[\]"',]+$/;

/** The same command as text. Throws SyntaxFault. */
export function textOfJsonCommand(line: string): string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new SyntaxFault(`found what is no JSON, allowed is e.g. ${EXAMPLE}`);
  }
  if (!isObject(value)) throw new SyntaxFault(`found no object, allowed is e.g. ${EXAMPLE}`);
  const { type, route, neighbor } = value;
  if (type !== 'announce' && type !== 'withdraw')
    throw new SyntaxFault(`type: found ${JSON.stringify(type)}, allowed is "announce" or "withdraw"`);
  if (!isObject(route)) throw new SyntaxFault(`route: found ${JSON.stringify(route)}, allowed is an object, e.g. ${EXAMPLE}`);
  const { prefix, nlri = prefix, ...keywords } = route;
  const prefixes = Array.isArray(nlri) ? nlri : [nlri];
  const words = Object.entries(keywords).map(([name, each]) => keywordText(name, each));
  const selector = neighbor === undefined ? '' : `${selectorText(neighbor)} `;
  const targets = prefixes.map((each) => wordOf('prefix', each));
  if (targets.length === 0) throw new SyntaxFault('prefix: found an empty list, allowed is at least one prefix');
  if (targets.length === 1) return [`${selector}${type} route`, targets[0], ...words].join(' ');
  return [`${selector}${type} attributes`, ...words, 'nlri', ...targets].join(' ');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function selectorText(neighbor: unknown): string {
  const list = Array.isArray(neighbor) ? neighbor : [neighbor];
  return list.map((each) => `neighbor ${wordOf('neighbor', each)}`).join(', ');
}

function keywordText(name: string, value: unknown): string {
  if (value === true) return wordOf('keyword', name);
  const text = Array.isArray(value) ? `[ ${value.map((each) => wordOf(name, each)).join(' ')} ]` : wordOf(name, value);
  return `${wordOf('keyword', name)} ${text}`;
}

function wordOf(name: string, value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !WORD.test(text)) {
    throw new SyntaxFault(`${name}: found ${JSON.stringify(value)}, allowed is a number, or text without blanks and brackets`);
  }
  return text;
}
