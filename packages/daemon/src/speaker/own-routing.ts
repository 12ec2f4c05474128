/**
 * What the configuration says about routes of our own, put into effect: its routes and aggregates, conditions, default routes of single
 * neighbors, the update delay, and the timer of route flap damping.
 */
import { isDeepStrictEqual } from 'node:util';
import { DAMPING_DEFAULTS, type Rib, type RibPeer } from '@tsbgp/rib';
import type { Logger } from '@tsbgp/session';
import type { Family } from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';
import { type AggregateState, type ConditionState, invalidArgument, type NeighborConfig } from '../control-plane.ts';
import { UNICAST_FAMILIES } from '../keys/families.ts';
import type { WirePrefix } from '../keys/wire-prefix.ts';
import type { Exposition } from '../metrics/exposition.ts';
import type { ConfiguredRoute, OwnConfig } from '../own-config.ts';
import { quote } from '../quote.ts';
import { Conditions } from './conditions.ts';
import { ConfiguredRoutes } from './configured-routes.ts';
import type { Neighbor, SessionExtras } from './neighbor.ts';
import { UpdateDelay } from './update-delay.ts';
import { readPrefix } from './wire-prefix.ts';

/** How often routes that flapped are looked at. */
export const REUSE_SECONDS = 10;

const NOTHING: OwnConfig = { routes: [], aggregates: [], conditions: [], damping: DAMPING_DEFAULTS, updateDelaySeconds: 0 };

export interface OwnRoutingOptions {
  readonly rib: Rib;
  readonly neighbors: () => readonly Neighbor[];
  readonly logger: Logger;
  readonly boundaries: Boundaries;
  /** The RIB has something to do. */
  readonly schedule: () => void;
  /** We restarted, and these neighbors may keep routes of ours. @default we did not */
  readonly restart?: OwnRestart | undefined;
}

/** Our own restart (RFC 4724 §4.1). */
export interface OwnRestart {
  /** Addresses of the neighbors that had sessions before. */
  readonly neighbors: readonly string[];
  /** How long their End-of-RIB is awaited. */
  readonly deferralSeconds: number;
}

export class OwnRouting {
  readonly #options: OwnRoutingOptions;
  #config: OwnConfig = NOTHING;
  #conditions: Conditions;
  #routes: ConfiguredRoutes;
  #delay: UpdateDelay;
  readonly #deferral: UpdateDelay;
  #reuse: NodeJS.Timeout | undefined;
  /** The update delay is for the start only. */
  #isStarted = false;

  constructor(options: OwnRoutingOptions) {
    this.#options = options;
    this.#conditions = this.#newConditions();
    this.#routes = new ConfiguredRoutes(options.rib, []);
    this.#delay = this.#newDelay();
    this.#deferral = this.#newDeferral();
  }

  /**
   * Called at the start and when the configuration changed: what stays the same is not touched. Throws ControlError that names a route which is
   * not acceptable; then nothing has changed.
   */
  configure(config: OwnConfig): void {
    const { rib, schedule } = this.#options;
    const routes = new ConfiguredRoutes(rib, config.routes);
    const before = this.#config;
    const former = this.#routes;
    const held = this.#conditions;
    this.#config = config;
    this.#routes = routes;
    this.#conditions = this.#newConditions(held);
    held.close();
    schedule();
    const isAnnounced = (route: ConfiguredRoute): boolean => this.#conditions.holds(route.while);
    former.withdrawWithout(routes.announcedKeys(isAnnounced), (route) => held.holds(route.while));
    routes.announce(isAnnounced);
    former.release();
    for (const family of UNICAST_FAMILIES) {
      const [old, aggregates] = [before, config].map(({ aggregates }) => aggregates.filter((each) => each.family === family));
      // A change of the aggregates walks the whole table.
      if (isDeepStrictEqual(old, aggregates)) continue;
      rib.setAggregates(
        family,
        aggregates!.map((each) => ({ ...each, prefix: readPrefix(each.prefix, 'aggregates').octets })),
      );
    }
    for (const { config: neighbor, connectedPeer: ribPeer } of this.#options.neighbors()) {
      if (neighbor.defaultOriginateWhile === undefined || ribPeer === undefined) continue;
      const isWanted = neighbor.defaultOriginate && this.#conditions.holds(neighbor.defaultOriginateWhile);
      for (const family of unicastOf(ribPeer)) rib.originateDefault(ribPeer, family, isWanted);
    }
    if (!this.#isStarted) this.#delay = this.#newDelay();
  }

  /** The neighbors of the configuration are there: the update delay may end. */
  started(): void {
    this.#isStarted = true;
    this.#delay.look();
    this.#deferral.look();
  }

  /** Whether nothing is to be advertised yet. */
  readonly isDelayed = (): boolean => this.#delay.isRunning || this.#deferral.isRunning;

  /** Whether we restarted and wait for the routes that we had before (RFC 4724 §4.1). */
  readonly isRestarting = (): boolean => this.#deferral.isRunning;

  /** What of this a new session needs. */
  extrasOf(config: NeighborConfig): Omit<SessionExtras, 'hasRpki'> {
    if (config.flapDamping) this.#startReuse();
    return {
      originatesDefault: config.defaultOriginate && this.#conditions.holds(config.defaultOriginateWhile),
      damping: config.flapDamping ? this.#config.damping : undefined,
    };
  }

  /** Throws ControlError where a neighbor names a condition that is not there. */
  check({ defaultOriginate, defaultOriginateWhile: name }: NeighborConfig): void {
    const field = 'neighbor.default_originate_while';
    if (name === undefined) return;
    if (!defaultOriginate) throw invalidArgument(field, `found ${quote(name)}, allowed only with default_originate`);
    if (this.#conditions.has(name)) return;
    const { names } = this.#conditions;
    const known = names.length === 0 ? 'of which the configuration has none' : `of the configuration: ${names.join(', ')}`;
    throw invalidArgument(field, `found ${quote(name)}, allowed is the name of a condition, ${known}`);
  }

  readonly aggregates = (): AggregateState[] =>
    this.#config.aggregates.map((aggregate) => {
      const table = this.#options.rib.table(aggregate.family);
      const { octets } = readPrefix(aggregate.prefix, 'aggregates');
      return { ...aggregate, contributors: this.#options.rib.aggregatesOf(table)?.contributors(octets) ?? 0 };
    });

  readonly conditions = (): ConditionState[] =>
    this.#conditions.states().map(({ condition, holds, isChanging }) => ({
      ...condition,
      holds,
      isChanging,
      routes: this.#config.routes.filter((route) => route.while === condition.name).length,
      neighbors: this.#originatorsWhile(condition.name).length,
    }));

  /**
   * Why a route of the configuration to just this prefix is not there, as a part of a sentence. Undefined where the configuration has none.
   */
  readonly whyAbsent = (asked: WirePrefix): string | undefined => {
    const isSame = ({ prefix }: { readonly prefix: string }): boolean => isDeepStrictEqual(readPrefix(prefix, 'prefix'), asked);
    const route = this.#config.routes.find(isSame);
    if (route?.while !== undefined) {
      const { condition, isChanging } = this.#conditions.states().find(({ condition: { name } }) => name === route.while)!;
      const prefixes = condition.prefixes.join(', ');
      const unmet = condition.type === 'present' ? `none of ${prefixes} is in the Loc-RIB` : `one of ${prefixes} is in the Loc-RIB`;
      const why = isChanging ? `it has to hold for ${condition.holdSeconds} s` : unmet;
      return `the route of the configuration waits for the condition ${condition.name}, which does not hold: ${why}`;
    }
    if (this.#config.aggregates.some(isSame)) return 'the aggregate has no contributing route';
    return undefined;
  };

  /** After each turn of the RIB. */
  turnEnded(): void {
    if (this.#deferral.isRunning) this.#deferral.look();
    if (this.#delay.isRunning) this.#delay.look();
    else this.#conditions.look();
  }

  close(): void {
    clearInterval(this.#reuse);
    this.#conditions.close();
    this.#delay.close();
    this.#deferral.close();
  }

  readonly addMetrics = (out: Exposition): void => {
    this.#conditions.addMetrics(out);
    this.#delay.addMetrics(out);
    this.#deferral.addMetrics(out);
  };

  #conditionChanged(name: string, holds: boolean): void {
    const { rib, logger, schedule } = this.#options;
    schedule(); // first, because it sets the clock of the RIB
    const routes = this.#routes.apply(name, holds);
    const concerned = this.#originatorsWhile(name);
    for (const { connectedPeer: ribPeer } of concerned) {
      for (const family of unicastOf(ribPeer)) rib.originateDefault(ribPeer!, family, holds);
    }
    const effect = { condition: name, routes, defaultRoutes: concerned.length };
    logger.info(
      effect,
      `condition ${name} ${holds ? 'holds: what depends on it is announced' : 'no longer holds: what depends on it is withdrawn'}`,
    );
  }

  /** Neighbors whose default route depends on a condition. */
  #originatorsWhile(name: string): Neighbor[] {
    return this.#options.neighbors().filter(({ config }) => config.defaultOriginate && config.defaultOriginateWhile === name);
  }

  /** `before`: conditions that are the same keep what they were. */
  #newConditions(before?: Conditions): Conditions {
    const { rib, boundaries } = this.#options;
    const changed = (name: string, holds: boolean): void => this.#conditionChanged(name, holds);
    return new Conditions({ rib, boundaries, conditions: this.#config.conditions, changed, before });
  }

  #newDelay(): UpdateDelay {
    const { neighbors, logger, boundaries, schedule } = this.#options;
    const seconds = this.#config.updateDelaySeconds;
    return new UpdateDelay({ name: 'update delay', seconds, neighbors, logger, boundaries, over: schedule });
  }

  #newDeferral(): UpdateDelay {
    const { neighbors, logger, boundaries, schedule, restart } = this.#options;
    const known = new Set(restart?.neighbors);
    const awaited = (): Neighbor[] => neighbors().filter((neighbor) => known.has(neighbor.config.address) && neighbor.promisesEndOfRib);
    const seconds = restart?.deferralSeconds ?? 0;
    return new UpdateDelay({ name: 'restart deferral', seconds, neighbors: awaited, logger, boundaries, over: schedule });
  }

  #startReuse(): void {
    const { rib, boundaries, schedule } = this.#options;
    const reuse = (): void => {
      schedule();
      rib.reuseDamped();
    };
    this.#reuse ??= setInterval(() => boundaries.run('timer', { timer: 'damping' }, reuse), REUSE_SECONDS * 1000).unref();
  }
}

/** The families of a session in which a default route can be originated. */
function unicastOf(peer: RibPeer | undefined): Family[] {
  return (peer?.options.families ?? []).filter((family) => UNICAST_FAMILIES.includes(family));
}
