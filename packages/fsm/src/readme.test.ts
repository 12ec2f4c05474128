import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { newSession, step } from './index.ts';

test('the example of the README prints what it says', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const expected = [...text.matchAll(/^\/\/ (.+)$/gm)].map((match) => match[1]);
  let session = newSession({ holdTimeSeconds: 90 });
  const printed = (
    [{ type: 'ManualStart' }, { type: 'TcpCrAcked' }, { type: 'BgpOpen', holdTimeSeconds: 30 }, { type: 'KeepAliveMsg' }] as const
  ).map((event) => {
    const [next, actions] = step(session, event);
    session = next;
    return `${event.type} -> ${session.state} ${actions.map((action) => action.do).join(' ')}`;
  });
  assert.deepEqual(printed, expected);
});
