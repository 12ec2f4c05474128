/** Sets of neighbors that routes of our own are for, also of neighbors that come later. */
import type { RouteAudience } from '@tsbgp/rib';

/** Undefined: everybody. */
export type Audience = RouteAudience | undefined;

export function onlyTo(addresses: Iterable<string>): Audience {
  return { type: 'only', names: new Set(addresses) };
}

/** Equal for the same sets. */
export function audienceKey(audience: Audience): string {
  return audience === undefined ? '' : `${audience.type} ${[...audience.names].toSorted().join(' ')}`;
}

export function isNobody(audience: Audience): boolean {
  return audience?.type === 'only' && audience.names.size === 0;
}

/** `from` less `taken`. */
export function without(from: Audience, taken: Audience): Audience {
  const { type = 'except', names = NO_NAMES } = from ?? {};
  const { type: takenType = 'except', names: takenNames = NO_NAMES } = taken ?? {};
  if (type === 'only') return onlyTo([...names].filter((name) => takenNames.has(name) !== (takenType === 'only')));
  if (takenType === 'except') return onlyTo([...takenNames].filter((name) => !names.has(name)));
  const all = new Set([...names, ...takenNames]);
  return all.size === 0 ? undefined : { type, names: all };
}

const NO_NAMES: ReadonlySet<string> = new Set();
