/**
 * A line of text cut into words as a shell would: blanks separate, quotes of both kinds keep together, `\` takes the next character as it
 * is, `#` at the start of a word begins a comment. Nothing is ever expanded or run.
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

/** Lines of a stream of octets or text, with their numbers from 1; the last one may lack its line feed. */
export async function* linesOf(
  input: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<{ readonly number: number; readonly text: string }> {
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  for await (const chunk of input) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield { number: ++number, text: line.replace(/\r$/, '') };
  }
  rest += decoder.decode();
  if (rest !== '') yield { number: ++number, text: rest };
}
