/**
 * The keys of `global.decision`: what counts in the decision process. A row has its key, its words and its default; the configuration file, the
 * reference and tsbgp.v1 are made from the rows. The steps in their order are in docs/decision.md.
 */
import { DECISION_DEFAULTS, type DecisionOptions } from '@tsbgp/rib';
import { type Field, flag, integer } from './fields.ts';

/** Every switch of the decision process with its value. */
export interface DecisionConfig extends DecisionOptions {
  /** The most paths of a prefix that count as multipath, the best one among them. */
  readonly multipath: number;
  /** Paths of a multipath set may have different AS_PATHs of one length. */
  readonly multipathRelax: boolean;
}

interface DecisionKey<T> {
  readonly key: string;
  readonly value: Field<T>;
  readonly default: T;
}

/** Paths of a multipath set, at most. */
export const MULTIPATH_MAX = 256;

type Rows = { readonly [Name in keyof DecisionConfig]-?: DecisionKey<DecisionConfig[Name]> };

function switchOf(key: string, standard: boolean, about: string): DecisionKey<boolean> {
  return { key, value: flag({ example: `${key}: ${!standard}`, about, standard: String(standard) }), default: standard };
}

/** In the order of the steps. */
export const DECISION_KEYS: Rows = {
  aigp: switchOf(
    'aigp',
    DECISION_DEFAULTS.aigp,
    'A path with AIGP is better than one without; then the lower metric is better (RFC 7311 §4.1).',
  ),
  ignoreAsPathLength: switchOf(
    'ignore-as-path-length',
    DECISION_DEFAULTS.ignoreAsPathLength,
    'The AS_PATH length does not count (FRR: `bestpath as-path ignore`).',
  ),
  countConfederations: switchOf(
    'count-confederations',
    DECISION_DEFAULTS.countConfederations,
    'Confederation segments count in the AS_PATH length, against RFC 5065 §5.3 (FRR: `bestpath as-path confed`).',
  ),
  alwaysCompareMed: switchOf(
    'always-compare-med',
    DECISION_DEFAULTS.alwaysCompareMed,
    'MULTI_EXIT_DISC is compared between paths through different neighboring ASes too.',
  ),
  deterministicMed: switchOf(
    'deterministic-med',
    DECISION_DEFAULTS.deterministicMed,
    'The lowest MULTI_EXIT_DISC of each neighboring AS puts the others of that AS out first. `false`: paths are compared in pairs, as IOS and ' +
      'FRR do by default, and the order of arrival can decide (RFC 3345).',
  ),
  missingMedAsWorst: switchOf(
    'missing-med-as-worst',
    DECISION_DEFAULTS.missingMedAsWorst,
    'A missing MULTI_EXIT_DISC counts as the highest one instead of as 0.',
  ),
  preferOldest: switchOf(
    'prefer-oldest',
    DECISION_DEFAULTS.preferOldest,
    'Of external paths that are equal so far, the one that has been as it is for longest: fewer changes, but the order of arrival decides.',
  ),
  compareRouterId: switchOf(
    'compare-router-id',
    DECISION_DEFAULTS.compareRouterId,
    'The lower BGP Identifier of the neighbor, or ORIGINATOR_ID, is better. `false`: the address of the neighbor decides.',
  ),
  multipath: {
    key: 'multipath',
    value: integer(
      {
        allowed: `1 to ${MULTIPATH_MAX} paths`,
        example: 'multipath: 4',
        about:
          'The most paths of a prefix that are shown as multipath: the best one, and those that are equal to it up to the cost to the next hop. ' +
          'Neighbors are sent the same with any value.',
        standard: '1',
      },
      1,
      MULTIPATH_MAX,
    ),
    default: 1,
  },
  multipathRelax: switchOf(
    'multipath-relax',
    false,
    'Paths with different AS_PATHs can be multipath (FRR: `bestpath as-path multipath-relax`).',
  ),
};

const NAMES = Object.keys(DECISION_KEYS) as (keyof DecisionConfig)[];

/** Rows of a section of the file. */
export const DECISION_ROWS: readonly { readonly key: string; readonly name: keyof DecisionConfig; readonly entry: Field<unknown> }[] =
  NAMES.map((name) => ({
    key: DECISION_KEYS[name].key,
    name,
    entry: DECISION_KEYS[name].value as Field<unknown>,
  }));

/** Fills in the defaults. */
export function completeDecision(given: Partial<DecisionConfig> = {}): DecisionConfig {
  const defaults = Object.fromEntries(NAMES.map((name) => [name, DECISION_KEYS[name].default]));
  // The default of each row has the type of its field.
  return { ...(defaults as unknown as DecisionConfig), ...given };
}
