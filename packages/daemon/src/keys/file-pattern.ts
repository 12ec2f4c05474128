/** Names of files with times in them: `rib.%Y%m%d.%H%M.mrt.gz`. */
import { basename, dirname, join } from 'node:path';

const DIGITS: Readonly<Record<string, number>> = { Y: 4, m: 2, d: 2, H: 2, M: 2, S: 2 };

/** What is wrong with a pattern, for an error message; undefined: nothing. */
export function patternFault(pattern: string): string | undefined {
  if (pattern === '' || pattern.includes('\0') || pattern.endsWith('/')) return 'no name of a file';
  if (dirname(pattern).includes('%')) return 'a % in the name of a folder';
  const letters = Array.from(basename(pattern).matchAll(/%(.?)/g), ([, letter = '']) => letter);
  const wrong = letters.find((letter) => letter !== '%' && DIGITS[letter] === undefined);
  if (wrong !== undefined) return `%${wrong} is not known`;
  return /%[YmdHMS]/.test(basename(pattern).replaceAll('%%', '')) ? undefined : 'no time in the name';
}

/** The name at a time, in UTC. */
export function fileAt(pattern: string, time: Date): string {
  const [date = '', clock = ''] = time.toISOString().split('T');
  const [Y, m, d] = date.split('-');
  const [H, M, S] = clock.slice(0, 8).split(':');
  const parts: Readonly<Record<string, string | undefined>> = { Y, m, d, H, M, S, '%': '%' };
  return join(
    dirname(pattern),
    basename(pattern).replaceAll(/%(.)/g, (all, letter: string) => parts[letter] ?? all),
  );
}

/** Whether a name, without its folder, is one that the pattern makes, also with a number behind it. */
export function matchesPattern(pattern: string, name: string): boolean {
  const source = basename(pattern).replaceAll(/%(.)|[^A-Za-z0-9]/g, (text, letter: string | undefined) => {
    if (letter === '%') return '%';
    return letter === undefined ? `\\${text}` : `\\d{${DIGITS[letter] ?? 0}}`;
  });
  return new RegExp(`^${source}(?:\\.\\d+)?$`).test(name);
}
