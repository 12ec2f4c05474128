/** A watch of a RibWorld whose events a test takes when it likes, as text. */
import type { ChangePosition, RouteChanges, RouteEvent, WatchQuery } from '../src/control-plane.ts';
import type { RibWorld } from './rib-world.ts';

export class Watch {
  /** The changes taken last. */
  changes: RouteChanges | undefined;
  /** Numbers of the events that `take` returned last. */
  numbers: (number | undefined)[] = [];
  readonly #leave = new AbortController();
  readonly #messages: AsyncIterator<RouteChanges>;
  #next: Promise<IteratorResult<RouteChanges>> | undefined;

  constructor(world: RibWorld, query: WatchQuery = {}) {
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

  /** Everything that there is to be told within a few turns. */
  async takeAll(): Promise<string[]> {
    const told: string[] = [];
    for (;;) {
      this.#next ??= this.#messages.next();
      const quiet = new Promise((resolve) => setTimeout(resolve, 2, 'quiet'));
      if ((await Promise.race([this.#next, quiet])) === 'quiet') return told;
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
