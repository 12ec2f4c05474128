/** Rules between the keys of the sections about routes of our own, each right alone. */
import { DAMPING_DEFAULTS, penaltyMax } from '@tsbgp/rib';
import { parseAddress, sharesBits } from '@tsbgp/wire';
import { unicastFamily } from '../keys/families.ts';
import type { Path } from '../keys/fields.ts';
import type { Findings } from './findings.ts';
import { effective } from './neighbor-section.ts';
import type { RawCondition } from './own-sections.ts';
import type { RawConfig } from './schema.ts';

export function checkOwnSections(raw: RawConfig, findings: Findings): void {
  checkConditions(raw, findings);
  prefixesOnce(raw, 'routes', findings);
  prefixesOnce(raw, 'aggregates', findings);
  raw.routes?.forEach((route, i) => {
    const nextHop = route?.['next-hop'];
    if (route?.prefix !== undefined && nextHop !== undefined && unicastFamily(nextHop) !== unicastFamily(route.prefix)) {
      findings.refuse('conflicting-keys', ['routes', i, 'next-hop'], { because: `the prefix is ${route.prefix}` });
    }
    if (route?.while !== undefined) known(raw, route.while, ['routes', i, 'while'], findings);
  });
  raw.aggregates?.forEach((aggregate, i) => {
    if (aggregate?.prefix === undefined || !/\/(?:32|128)$/.test(aggregate.prefix)) return;
    if (aggregate.prefix.endsWith('/32') && aggregate.prefix.includes(':')) return;
    const because = 'no prefix is longer, so that nothing can contribute';
    findings.refuse('invalid-value', ['aggregates', i, 'prefix'], { because, allowed: 'a shorter prefix' });
  });
  checkDefaultOriginate(raw, findings);
  checkCircles(raw, findings);
  checkDamping(raw, findings);
}

function checkConditions(raw: RawConfig, findings: Findings): void {
  const names = new Map<string, number>();
  raw.conditions?.forEach((condition, i) => {
    if (condition === undefined) return;
    const path: Path = ['conditions', i];
    const { name } = condition;
    const before = name === undefined ? undefined : names.get(name);
    if (before !== undefined) {
      findings.refuse('duplicate-value', [...path, 'name'], { because: `conditions[${before}] has it`, allowed: 'each name once' });
    } else if (name !== undefined) names.set(name, i);
    const written = (['present', 'absent'] as const).filter((key) => findings.isWritten([...path, key]));
    if (written.length !== 1) {
      const because = written.length === 0 ? 'neither present nor absent' : 'both present and absent';
      findings.refuse('conflicting-keys', path, { because, allowed: 'one of present and absent' });
    }
    for (const key of written) {
      if (condition[key]?.length === 0) findings.refuse('invalid-value', [...path, key], { because: 'empty' });
    }
  });
}

function prefixesOnce(raw: RawConfig, key: 'routes' | 'aggregates', findings: Findings): void {
  const seen = new Map<string, number>();
  raw[key]?.forEach((each, i) => {
    if (each?.prefix === undefined) return;
    const before = seen.get(each.prefix);
    if (before === undefined) seen.set(each.prefix, i);
    else {
      const path: Path = [key, i, 'prefix'];
      const because = `${key}[${before}] on line ${findings.lineOf([key, before, 'prefix'])} is the same`;
      findings.refuse('duplicate-value', path, { because, allowed: 'each prefix once' });
    }
  });
}

/** Whether there is a condition with this name, or one that could not be read. */
function known(raw: RawConfig, name: string, path: Path, findings: Findings): void {
  const conditions = raw.conditions ?? [];
  if (conditions.some((condition) => condition?.name === undefined || condition.name === name)) return;
  const names = conditions.flatMap((condition) => condition?.name ?? []);
  const allowed = names.length === 0 ? 'the name of one of conditions, of which there are none' : `one of ${names.join(', ')}`;
  findings.refuse('invalid-value', path, { because: 'no condition has this name', allowed });
}

function checkDefaultOriginate(raw: RawConfig, findings: Findings): void {
  const common = raw.defaults?.defaultOriginateWhile;
  if (common !== undefined) known(raw, common, ['defaults', 'default-originate-while'], findings);
  for (const [name, group] of Object.entries(raw.groups ?? {})) {
    const condition = group?.defaultOriginateWhile;
    if (condition !== undefined) known(raw, condition, ['groups', name, 'default-originate-while'], findings);
  }
  raw.neighbors?.forEach((own, i) => {
    if (own?.defaultOriginateWhile === undefined) return;
    const path: Path = ['neighbors', i, 'default-originate-while'];
    known(raw, own.defaultOriginateWhile, path, findings);
    if (effective(raw, own).defaultOriginate === true) return;
    findings.refuse('conflicting-keys', path, { because: 'without default-originate: true' });
  });
}

/** A route whose condition depends on the route itself would come and go without end. */
function checkCircles(raw: RawConfig, findings: Findings): void {
  const conditionOf = (name: string): RawCondition | undefined => raw.conditions?.find((each) => each?.name === name);
  const dependsOn = (name: string, wanted: string, seen: Set<string>): boolean => {
    if (seen.has(name)) return false;
    seen.add(name);
    const condition = conditionOf(name);
    const prefixes = new Set([...(condition?.present ?? []), ...(condition?.absent ?? [])]);
    if (prefixes.has(wanted)) return true;
    // An aggregate is there while a route within it is.
    const aggregates = (raw.aggregates ?? []).flatMap((each) =>
      each?.prefix !== undefined && prefixes.has(each.prefix) ? [each.prefix] : [],
    );
    if (isWithinOne(wanted, aggregates)) return true;
    return (raw.routes ?? []).some(
      (route) =>
        route?.while !== undefined &&
        route.prefix !== undefined &&
        (prefixes.has(route.prefix) || isWithinOne(route.prefix, aggregates)) &&
        dependsOn(route.while, wanted, seen),
    );
  };
  raw.routes?.forEach((route, i) => {
    if (route?.while === undefined || route.prefix === undefined || !dependsOn(route.while, route.prefix, new Set())) return;
    const because = `it depends on whether ${route.prefix} is there, which is this route`;
    findings.refuse('conflicting-keys', ['routes', i, 'while'], { because, allowed: 'a condition about prefixes of others' });
  });
}

function isWithinOne(prefix: string, aggregates: readonly string[]): boolean {
  return aggregates.some((aggregate) => isWithin(prefix, aggregate));
}

/** Whether a prefix is within another one, in text as the file has it. */
function isWithin(prefix: string, aggregate: string): boolean {
  const [inner, outer] = [prefix, aggregate].map((text) => {
    const [address = '', bits = ''] = text.split('/');
    return { octets: parseAddress(address), bits: Number(bits) };
  });
  if (inner?.octets === undefined || outer?.octets === undefined || inner.octets.length !== outer.octets.length) return false;
  return inner.bits >= outer.bits && sharesBits(inner.octets, 0, outer.octets, 0, outer.bits);
}

function checkDamping(raw: RawConfig, findings: Findings): void {
  const { damping } = raw;
  if (damping === undefined) return;
  const {
    'half-life': halfLifeSeconds = DAMPING_DEFAULTS.halfLifeSeconds,
    reuse = DAMPING_DEFAULTS.reuse,
    suppress = DAMPING_DEFAULTS.suppress,
    'max-suppress': maxSuppressSeconds = DAMPING_DEFAULTS.maxSuppressSeconds,
  } = damping;
  const blamed = (key: 'suppress' | 'reuse'): Path => (damping[key] === undefined ? ['damping'] : ['damping', key]);
  if (reuse >= suppress) {
    findings.refuse('conflicting-keys', blamed('reuse'), { because: `suppress is ${suppress}`, allowed: 'a reuse below suppress' });
    return;
  }
  const max = Math.floor(penaltyMax({ halfLifeSeconds, reuse, suppress, maxSuppressSeconds }));
  if (suppress < max) return;
  const because = `a penalty grows to ${max} at most, which is reuse doubled for each half-life of max-suppress, so that nothing is ever suppressed`;
  findings.refuse('conflicting-keys', blamed('suppress'), { because, allowed: `a suppress below ${max}, or a longer max-suppress` });
}
