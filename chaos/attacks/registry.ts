/** Every attack by name. A new one is a file and a row here. */
import type { Attack } from '../plan.ts';
import { bombs } from './bombs.ts';
import { flaps } from './flaps.ts';
import { garbage } from './garbage.ts';
import { injection } from './injection.ts';
import { resets } from './resets.ts';
import { scrapes } from './scrapes.ts';
import { strangers } from './strangers.ts';
import { streams } from './streams.ts';
import { watchers } from './watchers.ts';

export const ATTACKS: Readonly<Record<string, Attack>> = {
  garbage,
  resets,
  bombs,
  watchers,
  streams,
  injection,
  flaps,
  strangers,
  scrapes,
};
