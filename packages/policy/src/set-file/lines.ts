/**
 * Plain lists: entries separated by lines or blanks. `[NAME]` begins the list of a member; `#` and `;` begin a comment.
 *
 *     [AS64501]
 *     192.0.2.0/24
 *     198.51.100.0/22 le 24        # lengths belong to the prefix before them
 *     [AS64502]
 *     2001:db8::/32
 */
import { SetFileFault } from './fault.ts';
import { ENTRY_ALLOWED, type FileLists, type FileSetKind } from './lists.ts';

/** The lines of a text without their ends. */
export function* linesOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    yield text.slice(start, text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end);
    start = end + 1;
  }
}

const CARRIAGE_RETURN = 0x0d;

/** Adds the lists of the text. Throws SetFileFault. */
export function readLines<K extends FileSetKind>(text: string, lists: FileLists<K>): void {
  let line = 0;
  for (const written of linesOf(text)) {
    line++;
    const content = /[#;]/.test(written) ? written.replace(/\s*[#;].*$/, '') : written;
    for (const entry of entriesOf(content)) {
      const name = /^\[\s*(.*?)\s*\]$/.exec(entry)?.[1];
      if (name !== undefined) lists.begin(name);
      else {
        const sentence = lists.add(entry);
        if (sentence !== undefined) throw new SetFileFault(line, sentence, ENTRY_ALLOWED[lists.kind]);
      }
    }
  }
}

/** A line has one entry nearly always. Words without a "/" belong to the prefix before them. */
function entriesOf(line: string): readonly string[] {
  const text = line.trim();
  if (text === '') return [];
  if (!/[\s,]/.test(text) || text.startsWith('[')) return [text];
  const entries: string[] = [];
  for (const word of text.split(/\s*,\s*(?![^{]*\})|\s+/)) {
    const last = entries.at(-1);
    if (word === '') continue;
    if (last?.includes('/') === true && !word.includes('/')) entries[entries.length - 1] = `${last} ${word}`;
    else entries.push(word);
  }
  return entries;
}
