/** The links of the documentation have targets that exist. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { ROOT, repositoryFiles } from './workspace.ts';

const documents = repositoryFiles().filter((path) => path.endsWith('.md'));

/** `[text](target "title")` and `![alt](target)`. */
const LINK = /\[(?:[^\][]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;

for (const document of documents) {
  test(`${document}: every link to a file or a heading resolves`, () => {
    const broken = links(join(ROOT, document)).filter((target) => !resolves(document, target));
    assert.deepEqual(broken, []);
  });
}

function links(file: string): string[] {
  const text = prose(readFileSync(file, 'utf8'));
  return [...text.matchAll(LINK)].map((match) => match[1]!).filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target));
}

/** The text without code, where brackets have another meaning. */
function prose(text: string): string {
  return text
    .replace(/^(```|~~~)[\s\S]*?^\1/gm, '')
    .replace(/^ {4,}.*$/gm, '')
    .replace(/`[^`\n]*`/g, '');
}

function resolves(document: string, target: string): boolean {
  const [path = '', fragment] = target.split('#');
  const file = path === '' ? join(ROOT, document) : resolve(ROOT, dirname(document), decodeURIComponent(path));
  if (!existsSync(file)) return false;
  if (fragment === undefined || statSync(file).isDirectory() || !file.endsWith('.md')) return true;
  return headings(file).has(fragment.toLowerCase());
}

const anchorsOf = new Map<string, Set<string>>();

/** Explicit anchors, and those that renderers make of headings: lower case, no punctuation, hyphens for blanks, a number for repeated ones. */
function headings(file: string): Set<string> {
  const known = anchorsOf.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(file, 'utf8');
  const anchors = new Set<string>(Array.from(text.matchAll(/<a id="([^"]+)"><\/a>/g), (match) => match[1]!));
  anchorsOf.set(file, anchors);
  for (const [, title = ''] of text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const anchor = title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let unique = anchor;
    for (let number = 1; anchors.has(unique); number++) unique = `${anchor}-${number}`;
    anchors.add(unique);
  }
  return anchors;
}
