/** The interoperability scenarios are complete and documented. This is also checked where they cannot run. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { daemonKinds } from '../interop/harness/daemons/registry.ts';
import { mismatch, parseSteps, readScenario } from '../interop/harness/scenario.ts';
import { ROOT } from './workspace.ts';

const SCENARIOS = join(ROOT, 'interop/scenarios');
const EVERY_PEER = [
  'add-path',
  'collision',
  'ebgp-ipv4',
  'ebgp-ipv6',
  'hold-timer',
  'ibgp-ipv4',
  'ibgp-ipv6',
  'route-server',
  'route-server-best-path',
  'route-server-communities',
  'wrong-address',
  'wrong-as',
  'wrong-as-of-ours',
];

/** ExaBGP has no routing table to query, and listens only if its environment says so. StayRTR and RTRlib do not speak BGP. */
const NOT_FOR: Readonly<Record<string, readonly string[]>> = {
  exabgp: ['add-path', 'collision', 'ebgp-ipv6', 'ibgp-ipv6', 'route-server', 'route-server-best-path', 'route-server-communities'],
  stayrtr: EVERY_PEER,
  rtrlib: EVERY_PEER,
};

for (const { name: peer } of daemonKinds.filter(({ debian }) => debian !== undefined)) {
  test(`${peer}: every scenario is there, with a configuration for each host`, () => {
    const names = readdirSync(join(SCENARIOS, peer)).toSorted();
    assert.deepEqual(
      EVERY_PEER.filter((name) => !names.includes(name) && !(NOT_FOR[peer] ?? []).includes(name)),
      [],
    );
    for (const name of names) {
      const { hosts, steps, folder } = readScenario(`${peer}/${name}`, join(SCENARIOS, peer, name));
      assert.ok(steps.length > 0);
      assert.ok(steps.every(({ actions }) => actions.length > 0));
      for (const host of hosts) {
        const kind = daemonKinds.find((one) => one.name === host.name);
        assert.ok(kind !== undefined && existsSync(join(folder, kind.configName)), `${folder}: configuration of ${host.name}`);
      }
    }
  });
}

test('a question holds its limit, its expected lines and those that must not come', () => {
  const text = 'host bird 10.0.0.1/24\n\n# it is up\nbird! birdc enable x\nbird$ [holds 5s] birdc show\n    state *up\n    ! error*\n';
  const { hosts, steps } = parseSteps(text, 'steps');
  assert.deepEqual(hosts, [{ name: 'bird', addresses: ['10.0.0.1/24'] }]);
  assert.equal(steps[0]?.title, 'it is up');
  const [event, question] = steps[0]?.actions ?? [];
  assert.deepEqual([event?.type, event?.command], ['event', 'birdc enable x']);
  assert.deepEqual([question?.holds, question?.seconds, question?.expected, question?.forbidden], [true, 5, ['state *up'], ['error*']]);
});

test('a question about a host that is not there is refused with its line', () => {
  assert.throws(() => parseSteps('host bird 10.0.0.1/24\n# a step\nfrr$ log\n', 'steps'), /^Error: steps:3: no host called "frr"/);
});

test('expected lines are found in order, whatever the blanks and what lies between', () => {
  const answer = (output: string, expected: string[], forbidden: string[] = []) => mismatch(output, { expected, forbidden });
  assert.equal(answer('  a   b\nx\nc 1\n', ['a b', 'c *']), undefined);
  assert.match(answer('c\na\n', ['a', 'c']) ?? '', /expected .*: c$/);
  assert.match(answer('a\nerror 5\n', ['a'], ['error *']) ?? '', /must not be there: error 5/);
  assert.match(answer('axb\n', ['a.b']) ?? '', /expected/);
});
