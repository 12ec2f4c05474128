import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command, Option } from 'commander';
import { candidates } from './candidates.ts';

function program(): Command {
  const root = new Command('tsbgp').option('-a, --address <address>', 'where the daemon is').option('--json', 'for programs');
  const neighbor = root.command('neighbor').description('list neighbors');
  neighbor.command('show').argument('<neighbor>');
  neighbor.command('reset').argument('<neighbor>').option('--soft', 'without closing the session');
  root
    .command('rib')
    .argument('[prefix]')
    .addOption(new Option('--family <family>').choices(['ipv4-unicast', 'ipv6-unicast']));
  return root;
}

async function complete(...words: string[]): Promise<string[]> {
  const found = await candidates(program(), words, async (name) =>
    name === 'neighbor'
      ? [
          { value: '192.0.2.1', about: 'AS 64501' },
          { value: '2001:db8::1', about: '' },
        ]
      : [],
  );
  return found.map((one) => one.value);
}

test('commands', async () => {
  assert.deepEqual(await complete(''), ['neighbor', 'rib']);
  assert.deepEqual(await complete('neighbor', 're'), ['reset']);
  assert.deepEqual(await complete(), ['neighbor', 'rib']);
});

test('neighbors come from the daemon', async () => {
  assert.deepEqual(await complete('neighbor', 'show', ''), ['192.0.2.1', '2001:db8::1']);
  assert.deepEqual(await complete('neighbor', 'show', '2001:'), ['2001:db8::1']);
  assert.deepEqual(await complete('neighbor', 'show', '192.0.2.1', ''), []);
});

test('options, those of the program included, and their values', async () => {
  assert.deepEqual(await complete('neighbor', 'reset', '192.0.2.1', '--'), ['--soft', '--address', '--json']);
  assert.deepEqual(await complete('rib', '--family', ''), ['ipv4-unicast', 'ipv6-unicast']);
  assert.deepEqual(await complete('rib', '--family=ipv6'), ['--family=ipv6-unicast']);
  assert.deepEqual(await complete('-a', 'neighbor', 'ne'), ['neighbor']);
});
