import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCommandLine } from './command-line.ts';

for (const [args, command] of [
  [[], { type: 'run', file: undefined, level: undefined, format: undefined }],
  [['a.yaml'], { type: 'run', file: 'a.yaml', level: undefined, format: undefined }],
  [['--log-level', 'debug', '--log-format=json', 'a.yaml'], { type: 'run', file: 'a.yaml', level: 'debug', format: 'json' }],
  [['--check', 'a.yaml'], { type: 'check', file: 'a.yaml' }],
  [['a.yaml', '--check'], { type: 'check', file: 'a.yaml' }],
  [['--check'], { type: 'check', file: undefined }],
  [['--version'], { type: 'version' }],
  [['-h'], { type: 'help' }],
  [['a', 'b'], { type: 'wrong', reason: 'one configuration file, found 2: a, b' }],
  [['--chek', 'a'], { type: 'wrong', reason: 'unknown option --chek, did you mean --check?' }],
  [['--log-format', 'xml'], { type: 'wrong', reason: '--log-format: found "xml", allowed auto, pretty, json' }],
] as const) {
  test(`tsbgpd ${args.join(' ')}`, () => assert.deepEqual(readCommandLine(args), command));
}

test('a level that does not exist is refused with those that do', () => {
  assert.match((readCommandLine(['--log-level', 'loud']) as { reason: string }).reason, /found "loud", allowed trace, debug/);
});
