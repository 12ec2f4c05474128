/** A watch of a RibWorld whose events a test takes when it likes, as text. */
import { setImmediate } from 'node:timers/promises';
import type { ChangePosition, RouteChanges, RouteEvent, WatchQuery } from '../src/control-plane.ts';
import type { Background } from '../src/speaker/background.ts';
import type { RibWorld } from './rib-world.ts';

export class Watch {
  /** The changes taken last. */
  changes: RouteChanges | undefined;
  /** Numbers of the events that `take` returned last. */
  numbers: (number | undefined)[] = [];
  readonly #background: Background;
  readonly #leave = new AbortController();
  readonly #messages: AsyncIterator<RouteChanges>;
  #next: Promise<IteratorResult<RouteChanges>> | undefined;

  constructor(world: RibWorld, query: WatchQuery = {}) {
    this.#background = world.background;
    this.#messages = world.watchers.watch(query, this.#leave.signal)[Symbol.asyncIterator]();
  }

  /** The next messages, until they have this many events. On a busy machine a message may have a part of what there is. */
  async take(count = 1): Promise<string[]> {
    const told: string[] = [];
    this.numbers = [];
    while (told.length < count) {
      told.push(...(await this.takeMessage()));
      this.numbers.push(...this.changes!.events.map(({ sequence }) => sequence));
    }
    return told;
  }

  async takeMessage(): Promise<string[]> {
    this.#next ??= this.#messages.next();
    const { value } = await this.#next;
    this.#next = undefined;
    this.changes = value as RouteChanges;
    return this.changes.events.map(textOf);
  }

  /** Everything that there is to be told. Independent of time: the watch has told all when it neither has a message nor waits for a slice. */
  async takeAll(): Promise<string[]> {
    const told: string[] = [];
    for (;;) {
      let isThere = false;
      this.#next ??= this.#messages.next();
      const arrive = (): void => {
        isThere = true;
      };
      void this.#next.then(arrive, arrive);
      do await setImmediate();
      while (!isThere && this.#background.waiting > 0);
      if (!isThere) return told;
      told.push(...(await this.takeMessage()));
    }
  }

  /** For `resume`: after all that was taken. */
  get position(): ChangePosition {
    return { instance: this.changes!.instance, after: this.changes!.sequence };
  }

  end(): void {
    this.#leave.abort();
    void this.#next?.catch(() => undefined);
  }
}

function textOf(event: RouteEvent): string {
  switch (event.type) {
    case 'announce':
      return `+${event.route.prefix} ${event.route.neighbor}`;
    case 'withdraw':
      return `-${event.prefix} ${event.neighbor}`.trim();
    case 'lost':
      return `lost ${event.count ?? 'some'}`;
    default:
      return event.type;
  }
}
