/**
 * Conditions: whether prefixes are in the Loc-RIB, as the configuration asks. They are looked at after each turn of the RIB, which costs a
 * look-up for each of their prefixes and nothing for each route.
 *
 * What is seen counts when it has been so for `holdSeconds`. At first no condition holds, so that a route which depends on one is not
 * announced before the tables are filled.
 */
import { isDeepStrictEqual } from 'node:util';
import { NONE, type Rib, type RibTable } from '@tsbgp/rib';
import type { Boundaries } from '../boundaries.ts';
import { unicastFamily } from '../keys/families.ts';
import type { Exposition } from '../metrics/exposition.ts';
import type { Condition } from '../own-config.ts';
import { readPrefix } from './wire-prefix.ts';

interface Watched {
  readonly condition: Condition;
  readonly prefixes: readonly { readonly table: RibTable; readonly octets: Uint8Array }[];
  /** What counts. */
  holds: boolean;
  /** Runs while what is seen differs from what counts. */
  timer: NodeJS.Timeout | undefined;
}

export interface ConditionsOptions {
  readonly rib: Rib;
  readonly conditions: readonly Condition[];
  readonly boundaries: Boundaries;
  /** A condition holds from now on, or no longer. */
  readonly changed: (name: string, holds: boolean) => void;
  /** The conditions so far: those that are the same keep what counts. @default none */
  readonly before?: Conditions | undefined;
}

export class Conditions {
  readonly #options: ConditionsOptions;
  readonly #watched: readonly Watched[];

  constructor(options: ConditionsOptions) {
    const { rib, conditions } = options;
    this.#options = options;
    this.#watched = conditions.map((condition) => ({
      condition,
      prefixes: condition.prefixes.map((prefix) => ({
        table: rib.table(unicastFamily(prefix)),
        octets: readPrefix(prefix, 'conditions').octets,
      })),
      holds: options.before?.holdsAs(condition) ?? false,
      timer: undefined,
    }));
  }

  has(name: string): boolean {
    return this.#watched.some(({ condition }) => condition.name === name);
  }

  get names(): readonly string[] {
    return this.#watched.map(({ condition }) => condition.name);
  }

  /** Whether the condition with this name holds. Without a name: yes. */
  holds(name: string | undefined): boolean {
    return name === undefined || this.#watched.some(({ condition, holds }) => condition.name === name && holds);
  }

  /** Whether this very condition holds; undefined where there is none like it. */
  holdsAs(condition: Condition): boolean | undefined {
    return this.#watched.find((each) => isDeepStrictEqual(each.condition, condition))?.holds;
  }

  /** Each condition, whether it holds, and whether that is about to change. */
  states(): { readonly condition: Condition; readonly holds: boolean; readonly isChanging: boolean }[] {
    return this.#watched.map(({ condition, holds, timer }) => ({ condition, holds, isChanging: timer !== undefined }));
  }

  /** The RIB may have changed. */
  look(): void {
    for (const watched of this.#watched) {
      if (isMet(watched) === watched.holds) {
        clearTimeout(watched.timer);
        watched.timer = undefined;
      } else if (watched.timer === undefined) {
        this.#wait(watched);
      }
    }
  }

  close(): void {
    for (const watched of this.#watched) clearTimeout(watched.timer);
  }

  readonly addMetrics = (out: Exposition): void => {
    if (this.#watched.length === 0) return;
    const gauge = out.gauge('tsbgp_condition_holds', 'Whether a condition of the configuration holds.');
    for (const { condition, holds } of this.#watched) gauge.add({ condition: condition.name }, holds ? 1 : 0);
  };

  #wait(watched: Watched): void {
    const { holdSeconds, name } = watched.condition;
    const flip = (): void => {
      watched.timer = undefined;
      watched.holds = !watched.holds;
      this.#options.changed(name, watched.holds);
    };
    if (holdSeconds === 0) flip();
    else watched.timer = setTimeout(() => this.#options.boundaries.run('timer', { timer: `condition ${name}` }, flip), holdSeconds * 1000);
  }
}

function isMet({ condition, prefixes }: Watched): boolean {
  const isThere = prefixes.some(({ table, octets }) => {
    const nlri = table.index.findWire(octets, 0);
    return nlri !== NONE && nlri < table.nlriCapacity && table.bestPath(nlri) !== NONE;
  });
  return isThere === (condition.type === 'present');
}
