/**
 * Cuts a line into words as a shell does: blanks separate words, quotes of both kinds keep blanks inside a word, `\` takes the next character
 * literally, and `#` at the start of a word begins a comment. Nothing is expanded or run.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (quote !== '') {
      if (c === quote) quote = '';
      else word += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (c === '\\' && i + 1 < line.length) {
      word = (word ?? '') + line[++i];
    } else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (c === '#' && word === undefined) {
      break;
    } else {
      word = (word ?? '') + c;
    }
  }
  if (quote !== '') throw new SyntaxError(`the quote ${quote} is not closed`);
  if (word !== undefined) words.push(word);
  return words;
}
