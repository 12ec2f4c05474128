/**
 * Which neighbors a command is for.
 *
 *     neighbor 192.0.2.1 local-as 65000 , neighbor 192.0.2.2 announce …    versions 4 and 5
 *     [192.0.2.1 local-as 65000, 192.0.2.2]                                version 6, after `peer`
 */
import type { CommandNeighbor } from './control.ts';

const KEYS = new Set(['local-ip', 'local-as', 'peer-as', 'router-id', 'family-allowed']);

/** Pairs of a key and a value, as in the name of a neighbor; all must hold. */
type Term = readonly string[];

export interface Selected {
  /** Undefined: there was no selector. */
  readonly terms: readonly Term[] | undefined;
  /** The command after the selector. */
  readonly rest: string;
}

/** Takes `neighbor …` from the beginning of a line. */
export function splitSelector(line: string): Selected {
  if (!line.startsWith('neighbor ')) return { terms: undefined, rest: line };
  const terms: Term[] = [];
  let rest = line;
  for (;;) {
    const head = /^neighbor +([^\s,]+)\s*/.exec(rest);
    if (head === null) break;
    const term = [`neighbor ${head[1]}`];
    rest = rest.slice(head[0].length);
    for (let pair = /^(\S+) +([^\s,]+)\s*/.exec(rest); pair !== null && KEYS.has(pair[1]!); pair = /^(\S+) +([^\s,]+)\s*/.exec(rest)) {
      term.push(`${pair[1]} ${pair[2]}`);
      rest = rest.slice(pair[0].length);
    }
    terms.push(term);
    const comma = /^,\s*(?=neighbor )/.exec(rest);
    if (comma === null) break;
    rest = rest.slice(comma[0].length);
  }
  return { terms, rest };
}

/** Takes the selector of version 6 from the beginning of a text. Undefined: there is none. */
export function splitPeerSelector(text: string): Selected | undefined {
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end < 0) return undefined;
    const terms = text
      .slice(1, end)
      .split(',')
      .map((part) => termOf(part.trim().split(/\s+/)));
    return { terms, rest: text.slice(end + 1).trim() };
  }
  const words = text.split(/\s+/);
  let count = 1;
  while (words[count + 1] !== undefined && KEYS.has(words[count]!)) count += 2;
  return words[0] === '' ? undefined : { terms: [termOf(words.slice(0, count))], rest: words.slice(count).join(' ') };
}

function termOf([address = '', ...pairs]: readonly string[]): Term {
  const term = [`neighbor ${address}`];
  for (let i = 0; i < pairs.length; i += 2) term.push(`${pairs[i]} ${pairs[i + 1] ?? ''}`);
  return term;
}

export function select(neighbors: readonly CommandNeighbor[], terms: readonly Term[] | undefined): readonly CommandNeighbor[] {
  if (terms === undefined) return neighbors;
  const tests = terms.map((term) => term.filter((pair) => pair !== 'neighbor *'));
  return neighbors.filter((neighbor) => {
    const name = ` ${neighbor.name} `;
    return tests.some((pairs) => pairs.every((pair) => name.includes(` ${pair} `)));
  });
}
