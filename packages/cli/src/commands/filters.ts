/** The options of `rib`, `watch` and `route list` that select routes. */
import {
  formatCommunity,
  formatExtendedCommunity,
  formatLargeCommunity,
  parseCommunity,
  parseExtendedCommunity,
  parseLargeCommunity,
} from '@tsbgp/wire';
import { type Command, Option } from 'commander';
import type { RouteFilter } from '../daemon.ts';
import { usageError } from '../exit-code.ts';
import { asNumber, checkedBy, FAMILY_NAMES, familyName } from '../values.ts';

export interface FilterOptions {
  readonly longer?: boolean;
  readonly shorter?: boolean;
  readonly originAs?: number;
  readonly community?: string;
  readonly family?: string;
}

export function addFilters(command: Command): Command {
  return command
    .addOption(new Option('--longer', 'and all more specific ones within it').conflicts('shorter'))
    .option('--shorter', 'and all less specific ones that cover it')
    .option('--origin-as <number>', 'only routes that this AS originates', asNumber)
    .option('--community <community>', 'only routes that carry it: 65000:100, no-export, 65000:1:2, rt:65000:100', checkedBy(anyCommunity))
    .addOption(new Option('--family <family>', `${FAMILY_NAMES.join(', ')}; ipv4, ipv6 for short`).argParser(familyName));
}

/** `wanted` is the value of the argument [prefix]. */
export function filterOf(wanted: string | undefined, options: FilterOptions): RouteFilter {
  if (wanted === undefined && (options.longer === true || options.shorter === true)) {
    throw usageError(`--${options.longer === true ? 'longer' : 'shorter'} needs a prefix`, 'e.g. tsbgp rib 192.0.2.0/24 --longer');
  }
  return {
    family: options.family,
    prefix: wanted,
    match: wanted === undefined ? undefined : options.longer === true ? 'longer' : options.shorter === true ? 'shorter' : 'exact',
    originAs: options.originAs,
    community: options.community,
  };
}

/** The canonical text of a community of any of the three kinds. */
function anyCommunity(text: string): string {
  const attempts = [
    () => formatCommunity(parseCommunity(text)),
    () => formatLargeCommunity(parseLargeCommunity(text)),
    () => formatExtendedCommunity(parseExtendedCommunity(text)),
  ];
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch {
      // Not of this kind; try the next.
    }
  }
  throw new Error('Allowed: 65000:100, a well-known name such as no-export, 65000:1:2, or rt:65000:100.');
}
