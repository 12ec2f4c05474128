/** The timers of a neighbor that restarts, against a model that knows only when what is due. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { IPV4_UNICAST, IPV6_UNICAST, type Negotiated } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../../test/scale.ts';
import { QUIET } from '../../test/speakers.ts';
import { Boundaries } from '../boundaries.ts';
import { EventLog } from '../events.ts';
import type { KeepTimes } from './kept-routes.ts';
import { NeighborRestart, type NeighborRestartOptions } from './neighbor-restart.ts';
import { StaleTimer } from './stale-timer.ts';

const FAMILIES = [IPV4_UNICAST, IPV6_UNICAST] as const;
type Family = (typeof FAMILIES)[number];

test('a stale time of RFC 9494 may be longer than a timer of Node', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let expired = 0;
  const seconds = 16_777_215;
  const timer = new StaleTimer(seconds, '192.0.2.1', new Boundaries(QUIET), () => expired++);
  assert.equal(timer.endsAt.getTime(), seconds * 1000);
  const day = 86_400_000;
  let left = seconds * 1000;
  for (; left > day; left -= day) t.mock.timers.tick(day);
  t.mock.timers.tick(left - 1);
  assert.equal(expired, 0);
  t.mock.timers.tick(1);
  assert.equal(expired, 1);
  const other = new StaleTimer(seconds, '192.0.2.1', new Boundaries(QUIET), () => expired++);
  t.mock.timers.tick(day);
  other.cancel();
  for (left = seconds * 1000; left > 0; left -= day) t.mock.timers.tick(day);
  assert.equal(expired, 1);
});

function start(kept: ReadonlyMap<number, KeepTimes>, stalePathSeconds: number) {
  const stale = new Set<number>(kept.keys());
  const longLived = new Set<number>();
  const calls = { over: 0 };
  const restart = new NeighborRestart({
    rib: {
      endRefresh: (_peer: unknown, family: number) => stale.delete(family),
      keepForLong: (_peer: unknown, family: number) => void longLived.add(family),
      table: (family: number) => ({ position: FAMILIES.indexOf(family as Family) }),
    } as never,
    peer: { options: { name: '192.0.2.1' }, refresh: [{ stale: 1 }, { stale: 1 }] } as never,
    kept: kept as NeighborRestartOptions['kept'],
    stalePathSeconds,
    logger: QUIET,
    boundaries: new Boundaries(QUIET),
    events: new EventLog(),
    schedule: () => undefined,
    over: () => calls.over++,
  });
  return { restart, stale, longLived, calls };
}

/** A session in which the neighbor says that it kept these families. */
function sessionWith(forwarding: readonly number[]) {
  const remote = { families: forwarding.map((family) => ({ family, forwarding: true })) };
  const both = { local: remote, remote } as unknown as Negotiated['gracefulRestart'];
  const negotiated = { gracefulRestart: both, longLivedGracefulRestart: both } as unknown as Negotiated;
  return { families: new Set(FAMILIES), negotiated };
}

/** What is due in a family, by the seconds since the session was lost. */
class Model {
  phase: 'restart' | 'long-lived' | 'resync' | 'over' = 'restart';
  readonly #times: KeepTimes;
  readonly #stalePathSeconds: number;
  #endsAt: number;

  constructor(times: KeepTimes, stalePathSeconds: number) {
    this.#times = times;
    this.#stalePathSeconds = stalePathSeconds;
    this.#endsAt = times.restartSeconds;
  }

  at(now: number): void {
    if (this.phase !== 'over' && now >= this.#endsAt) {
      const { restartSeconds, longLivedSeconds } = this.#times;
      const isLongLived = this.phase === 'restart' && longLivedSeconds > 0;
      if (isLongLived) this.#endsAt = restartSeconds + longLivedSeconds;
      this.phase = isLongLived && now < this.#endsAt ? 'long-lived' : 'over';
    }
  }

  back(keeps: boolean): void {
    if (this.phase === 'over') return;
    if (this.phase === 'restart') this.#endsAt = this.#stalePathSeconds;
    this.phase = keeps ? 'resync' : 'over';
  }

  endOfRib(): void {
    if (this.phase === 'resync') this.phase = 'over';
  }
}

const seconds = (max: number) => fc.integer({ min: 0, max });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('tick' as const), seconds: seconds(20) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('back' as const), keeps: fc.subarray([...FAMILIES]) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('end-of-rib' as const), family: fc.constantFrom(...FAMILIES) }) },
);
const scenario = fc.record({
  stalePathSeconds: fc.integer({ min: 1, max: 60 }),
  kept: fc.uniqueArray(fc.record({ family: fc.constantFrom(...FAMILIES), restart: seconds(60), longLived: seconds(90) }), {
    selector: ({ family }) => family,
    minLength: 1,
  }),
  steps: fc.array(step, { maxLength: 20 }),
});

test('at every moment each family is in the phase that its times say, and no stale route outlives them', (t: TestContext) => {
  fc.assert(
    fc.property(scenario, ({ stalePathSeconds, kept, steps }) => {
      t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
      const times = new Map<number, KeepTimes>(
        kept.map(({ family, restart, longLived }) => [
          family,
          { restartSeconds: Math.min(restart, stalePathSeconds), longLivedSeconds: longLived },
        ]),
      );
      const models = new Map([...times].map(([family, each]) => [family, new Model(each, stalePathSeconds)]));
      const { restart, stale, longLived, calls } = start(times, stalePathSeconds);
      let now = 0;
      let isBack = false;
      const compare = (): void => {
        for (const [family, model] of models) {
          const phase = model.phase === 'over' ? undefined : model.phase;
          assert.equal(restart.stateOf(family as Family)?.phase, phase, `family ${family} after ${now} s`);
          assert.equal(stale.has(family), phase !== undefined);
          if (phase === 'long-lived') assert.ok(longLived.has(family));
        }
        assert.equal(calls.over, [...models.values()].every(({ phase }) => phase === 'over') ? 1 : 0);
      };
      const advance = (count: number): void => {
        for (let i = 0; i < count; i++) {
          t.mock.timers.tick(1000);
          now++;
          for (const model of models.values()) model.at(now);
          compare();
        }
      };
      t.mock.timers.tick(0);
      for (const model of models.values()) model.at(0);
      // A stale time that begins at once ends no earlier than in the next turn.
      for (const each of steps) {
        if (each.type === 'tick') advance(1 + each.seconds);
        else if (each.type === 'end-of-rib') {
          restart.endOfRib(each.family);
          models.get(each.family)?.endOfRib();
        } else if (!isBack && now > 0) {
          isBack = true;
          restart.back(sessionWith(each.keeps));
          for (const [family, model] of models) model.back(each.keeps.includes(family as Family));
          for (const model of models.values()) if (now >= stalePathSeconds) model.at(now);
          t.mock.timers.tick(0);
        }
        if (now > 0) compare();
      }
      advance(151);
      assert.equal(stale.size, 0);
      assert.equal(calls.over, 1);
      t.mock.timers.reset();
    }),
    { numRuns: scaled(2000, 200), seed: 9494 },
  );
});
