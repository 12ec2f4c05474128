/** Complaints of commander about values, in our form: where, what was found, what is allowed. */
import { printable } from './terminal/style.ts';

/** Characters of a wrong value that are shown. */
const FOUND_MAX = 60;

/** `error: command-argument value 'x' is invalid for argument 'prefix'. Allowed: …` is `prefix: found "x". Allowed: …`. */
export function plainUsage(message: string): string {
  const text = message.replace(/^error: /, '');
  const argument = /^command-argument value '(.*)' is invalid for argument '([^']*)'\. ?(.*)$/s.exec(text);
  if (argument !== null) return wrongValue(argument[2]!, argument[1]!, argument[3]!);
  const option = /^option '([^']*)' argument '(.*)' is invalid\. ?(.*)$/s.exec(text);
  if (option !== null) return wrongValue(/--[a-z-]+/.exec(option[1]!)?.[0] ?? option[1]!, option[2]!, option[3]!);
  return text;
}

/** `prefix: found "x". Allowed: …` */
export function wrongValue(where: string, value: string, why: string): string {
  const found = Array.from(value).length > FOUND_MAX ? `${Array.from(value).slice(0, FOUND_MAX).join('')}…` : value;
  const end = /\n$/.exec(why)?.[0] ?? '';
  const allowed = why.trimEnd().replace(/^Allowed choices are /, 'Allowed: ');
  return `${where}: found "${printable(found)}". ${allowed}${end}`;
}
