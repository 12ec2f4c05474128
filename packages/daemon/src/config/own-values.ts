/** From the sections about routes of our own to the values that the daemon uses. The sections passed the rules (own-rules.ts). */
import { DAMPING_DEFAULTS } from '@tsbgp/rib';
import { type AsPathSegment, IPV6_UNICAST, type PathAttribute, parseAttribute } from '@tsbgp/wire';
import { unicastFamily } from '../keys/families.ts';
import {
  CONDITION_HOLD_SECONDS_DEFAULT,
  type Condition,
  type ConfiguredAggregate,
  type ConfiguredRoute,
  type OwnConfig,
} from '../own-config.ts';
import type { RawAggregate, RawAttributes, RawCondition, RawRoute } from './own-sections.ts';
import type { RawConfig } from './schema.ts';

export function ownConfig(raw: RawConfig): OwnConfig {
  const localAs = raw.global!.as!;
  const { damping = {} } = raw;
  return {
    routes: present(raw.routes).map((route) => routeOf(route, localAs)),
    aggregates: present(raw.aggregates).map((aggregate) => aggregateOf(aggregate, localAs)),
    conditions: present(raw.conditions).map(conditionOf),
    damping: {
      halfLifeSeconds: damping['half-life'] ?? DAMPING_DEFAULTS.halfLifeSeconds,
      reuse: damping.reuse ?? DAMPING_DEFAULTS.reuse,
      suppress: damping.suppress ?? DAMPING_DEFAULTS.suppress,
      maxSuppressSeconds: damping['max-suppress'] ?? DAMPING_DEFAULTS.maxSuppressSeconds,
    },
    updateDelaySeconds: raw.global!['update-delay'] ?? 0,
  };
}

function routeOf(raw: RawRoute, localAs: number): ConfiguredRoute {
  const family = unicastFamily(raw.prefix!);
  const nextHop = raw['next-hop'] ?? (family === IPV6_UNICAST ? '::' : '0.0.0.0');
  return { family, prefix: raw.prefix!, nextHop, attributes: attributesOf(raw, localAs), while: raw.while };
}

function aggregateOf(raw: RawAggregate, localAs: number): ConfiguredAggregate {
  return {
    family: unicastFamily(raw.prefix!),
    prefix: raw.prefix!,
    summaryOnly: raw['summary-only'] ?? false,
    mergeCommunities: raw['merge-communities'] ?? false,
    attributes: attributesOf(raw, localAs),
  };
}

function conditionOf({ name, present: there, absent, hold = CONDITION_HOLD_SECONDS_DEFAULT }: RawCondition): Condition {
  const type = there === undefined ? 'absent' : 'present';
  return { name: name!, type, prefixes: present(there ?? absent), holdSeconds: hold };
}

/** The attributes that are written, in the order of their type codes. */
export function attributesOf(raw: RawAttributes, localAs: number): PathAttribute[] {
  const list = (items: readonly (string | undefined)[] | undefined): string | undefined =>
    items === undefined || items.length === 0 ? undefined : present(items).join(' ');
  const texts: readonly (readonly [name: string, text: string | undefined])[] = [
    ['ORIGIN', raw.origin],
    ['AS_PATH', raw['as-path'] ?? (raw.prepend === undefined ? undefined : '')],
    ['MULTI_EXIT_DISC', raw.med?.toString()],
    ['LOCAL_PREF', raw['local-pref']?.toString()],
    ['COMMUNITIES', list(raw.community)],
    ['EXTENDED_COMMUNITIES', list(raw['ext-community'])],
    ['LARGE_COMMUNITIES', list(raw['large-community'])],
  ];
  return texts
    .flatMap(([name, text]) => (text === undefined ? [] : [parseAttribute(name, text)]))
    .map((attribute) =>
      attribute.type === 'as-path' ? { ...attribute, value: prepended(attribute.value, raw.prepend ?? 0, localAs) } : attribute,
    );
}

function prepended(path: readonly AsPathSegment[], times: number, localAs: number): AsPathSegment[] {
  if (times === 0) return [...path];
  const ours: readonly number[] = Array.from({ length: times }, () => localAs);
  const [first, ...rest] = path;
  if (first === undefined || first.type !== 'sequence') return [{ type: 'sequence', asns: [...ours] }, ...path];
  return [{ type: 'sequence', asns: [...ours, ...first.asns] }, ...rest];
}

function present<T>(items: readonly (T | undefined)[] | undefined): T[] {
  return (items ?? []).filter((item) => item !== undefined);
}
