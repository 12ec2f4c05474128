/** Abbreviations of the command line: `s n sum` is `show neighbor summary`, `a r` is `announce route`. */
import type { ApiVersion } from '@tsbgp/process-api';

/** Words that follow each other; the first of a prefix wins. */
const TREE: Readonly<Record<string, readonly string[]>> = {
  '': [
    'announce',
    'withdraw',
    'show',
    'teardown',
    'flush',
    'clear',
    'help',
    'version',
    'reload',
    'restart',
    'shutdown',
    'neighbor',
    'ping',
    'status',
  ],
  announce: ['route', 'route-refresh', 'eor', 'flow', 'attributes', 'ipv4', 'ipv6', 'vpls', 'operational', 'watchdog'],
  withdraw: ['route', 'flow', 'attributes', 'ipv4', 'ipv6', 'vpls', 'watchdog'],
  show: ['neighbor', 'adj-rib'],
  flush: ['adj-rib'],
  clear: ['adj-rib'],
  'show neighbor': ['summary', 'extensive', 'configuration', 'json'],
  'show adj-rib': ['in', 'out'],
  'flush adj-rib': ['out'],
  'clear adj-rib': ['in', 'out'],
  'show adj-rib in': ['extensive', 'json'],
  'show adj-rib out': ['extensive', 'json'],
};

export function expandCommand(text: string, version: ApiVersion): string {
  if (version === 6) return text;
  const words = text.split(/\s+/);
  const done: string[] = [];
  let path = '';
  // A selector keeps its words; what follows is a command again.
  const start = words[0] === 'neighbor' ? words.findIndex((word) => TREE['']!.includes(word) && word !== 'neighbor') : 0;
  if (start < 0) return text;
  for (const [i, word] of words.slice(start).entries()) {
    const full = TREE[path]?.find((each) => each.startsWith(word));
    if (full === undefined) return [...words.slice(0, start), ...done, ...words.slice(start + i)].join(' ');
    done.push(full);
    path = path === '' ? full : `${path} ${full}`;
  }
  return [...words.slice(0, start), ...done].join(' ');
}
