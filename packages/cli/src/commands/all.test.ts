import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tsbgp } from '../../test/world.ts';
import { splitWords } from '../shell-words.ts';

/** The commands that `text` shows, one a line; comments, pipes and redirections are left out. */
function examples(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => /^\s*tsbgp [a-z]/.test(line))
    .map((line) => line.replace(/\s(?: {2,}|# |\||>).*$/, '').trim());
}

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const questions = readFileSync(join(import.meta.dirname, '../../../../docs/questions.md'), 'utf8');
const help = (await tsbgp(['--help'])).out;
const lists = { 'README.md': examples(/```sh\n(.*?)```/s.exec(readme)![1]!), '--help': examples(help.slice(help.indexOf('Examples:'))) };

for (const [name, list] of Object.entries(lists)) {
  // They need files that are not here; the exabgp command has tests of its own.
  for (const line of list.filter((example) => !/capture\.pcap|updates\.bz2|exabgp\.conf|policies\.test\.yaml|new\.yaml/.test(example))) {
    test(`the example of ${name} works: ${line}`, async () => {
      const { code, err } = await tsbgp(splitWords(line).slice(1));
      assert.deepEqual([code, err], [0, '']);
    });
  }
}

test('docs/questions.md: sixty questions or more, and the command of each works', async () => {
  const commands = Array.from(questions.matchAll(/^\|.*\| `(tsbgp [^`]+)` \|$/gm), ([, command]) => command!);
  assert.ok(commands.length >= 60, String(commands.length));
  for (const command of commands) {
    const { code, err } = await tsbgp(splitWords(command).slice(1));
    assert.deepEqual([code, err], [0, ''], command);
  }
});

test('README.md has an example of each command', () => {
  const commands = help.slice(help.indexOf('Commands:'), help.indexOf('Examples:')).matchAll(/^ {2}([a-z]+)/gm);
  const shown = new Set(lists['README.md'].map((line) => line.split(' ')[1]));
  const missing = Array.from(commands, ([, command]) => command!).filter((command) => !shown.has(command));
  assert.deepEqual(missing, []);
});
