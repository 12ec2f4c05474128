/** What must not be in the repository. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, repositoryFiles } from './workspace.ts';

const LARGEST = 2 << 20;
const BINARY = /\.(?:gz|bz2|zst|png|jpe?g|ico|woff2?|pcap|mrt|bin)$/;

/** Written in pieces, so that the test does not find this file. */
const FORBIDDEN: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: new RegExp(`(?<![\\w./-])/(?:${['work', 'root'].join('|')}|home/[a-z]\\w*)/[\\w.-]`), why: 'a path of one machine' },
  { pattern: new RegExp(`^(?:${'<'.repeat(7)}|${'>'.repeat(7)}) `, 'm'), why: 'a merge conflict' },
  { pattern: new RegExp(`-----BEGIN (?:[A-Z]+ )?${'PRIVATE'} KEY-----`), why: 'a private key' },
];

const files = repositoryFiles();

test('no file names a path of one machine, holds a merge conflict or a private key', () => {
  const found = files
    .filter((path) => !BINARY.test(path))
    .flatMap((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8');
      return FORBIDDEN.flatMap(({ pattern, why }) => {
        const match = pattern.exec(text);
        return match === null ? [] : [`${path}:${text.slice(0, match.index).split('\n').length}: ${why}: ${match[0]}`];
      });
    });
  assert.deepEqual(found, []);
});

test('no file is larger than 2 MiB', () => {
  assert.deepEqual(
    files.filter((path) => statSync(join(ROOT, path)).size > LARGEST),
    [],
  );
});

test('file names are lower case with hyphens, but for those that tools and people look for', () => {
  const wellKnown = /^(?:README|LICENSE|CONTRIBUTING|CHANGELOG|DEVELOPERS|SECURITY|NOTICE)(?:\.md)?$/;
  const odd = files.filter((path) => path.split('/').some((part) => /[A-Z\s]/.test(part) && !wellKnown.test(part)));
  assert.deepEqual(odd, []);
});
