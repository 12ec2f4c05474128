const SHOWN_MAX = 200;

/** Text of someone else for our logs: one line without control characters, of bounded length. */
export function printable(text: string): string {
  return text
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, SHOWN_MAX);
}
