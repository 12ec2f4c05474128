/**
 * The sections about routes of our own and about pacing: `routes`, `aggregates`, `conditions`, `damping`. Attributes have the words of
 * `tsbgp route add`.
 */
import { DAMPING_DEFAULTS } from '@tsbgp/rib';
import { choice, type Descriptor, field, flag, integer, type List, list, type Section, section, text, type Words } from '../keys/fields.ts';
import { attributeText, readName, readNextHop, readPrefixText } from '../keys/route-values.ts';
import { CONDITION_HOLD_SECONDS_DEFAULT } from '../own-config.ts';

const ORIGINS = ['igp', 'egp', 'incomplete'] as const;

/** Attributes as they are written. A refused value is absent, a refused item of a list undefined. */
export interface RawAttributes {
  'as-path'?: string;
  prepend?: number;
  origin?: (typeof ORIGINS)[number];
  med?: number;
  'local-pref'?: number;
  community?: (string | undefined)[];
  'large-community'?: (string | undefined)[];
  'ext-community'?: (string | undefined)[];
}

export interface RawRoute extends RawAttributes {
  prefix?: string;
  'next-hop'?: string;
  while?: string;
}

export interface RawAggregate extends RawAttributes {
  prefix?: string;
  'summary-only'?: boolean;
  'merge-communities'?: boolean;
}

export interface RawCondition {
  name?: string;
  present?: (string | undefined)[];
  absent?: (string | undefined)[];
  hold?: number;
}

export interface RawDamping {
  'half-life'?: number;
  reuse?: number;
  suppress?: number;
  'max-suppress'?: number;
}

const U32_MAX = 4_294_967_295;
const PREFIX_ALLOWED = 'an IPv4 or IPv6 prefix without bits after its length';
const NAME_ALLOWED = 'a name of letters, digits and hyphens, a letter first';

const prefix = (words: Omit<Words, 'allowed'>) => text({ ...words, allowed: PREFIX_ALLOWED }, readPrefixText);

function communities(name: string, item: string, example: string, about: string): Descriptor<(string | undefined)[]> {
  const each = field({ allowed: item, example, about: '', standard: '' }, { type: 'text' }, attributeText(name));
  return list({ allowed: `a list of ${item}`, example, about, standard: '[]' }, each);
}

const ATTRIBUTES: { readonly [Key in keyof RawAttributes]-?: Descriptor<NonNullable<RawAttributes[Key]>> } = {
  'as-path': field(
    {
      allowed: 'AS numbers separated by blanks',
      example: 'as-path: "65001 65002"',
      about: 'AS_PATH as it is before our own AS comes in front of it.',
      standard: 'empty: the route is ours',
    },
    { type: 'text' },
    attributeText('AS_PATH'),
  ),
  prepend: integer(
    {
      allowed: '1 to 20 times',
      example: 'prepend: 2',
      about: 'Our AS so many more times in front of AS_PATH.',
      standard: 'none',
    },
    1,
    20,
  ),
  origin: choice({ example: 'origin: igp', about: 'ORIGIN.', standard: 'igp; of an aggregate, that of its contributors' }, ORIGINS),
  med: integer({ allowed: `0 to ${U32_MAX}`, example: 'med: 50', about: 'MULTI_EXIT_DISC.', standard: 'none' }, 0, U32_MAX),
  'local-pref': integer(
    { allowed: `0 to ${U32_MAX}`, example: 'local-pref: 200', about: 'LOCAL_PREF, here and towards iBGP neighbors.', standard: '100' },
    0,
    U32_MAX,
  ),
  community: communities(
    'COMMUNITIES',
    'communities such as 65000:100 and no-export',
    'community: ["65000:100", no-export]',
    'COMMUNITIES (RFC 1997).',
  ),
  'large-community': communities(
    'LARGE_COMMUNITIES',
    'large communities such as 65000:1:2',
    'large-community: ["65000:1:2"]',
    'LARGE_COMMUNITIES (RFC 8092).',
  ),
  'ext-community': communities(
    'EXTENDED_COMMUNITIES',
    'extended communities such as rt:65000:100',
    'ext-community: ["rt:65000:100"]',
    'EXTENDED_COMMUNITIES (RFC 4360).',
  ),
};

const conditionName = (about: string) =>
  field({ allowed: NAME_ALLOWED, example: 'while: transit-lost', about, standard: 'always' }, { type: 'text' }, readName);

const prefixList = (example: string, about: string) =>
  list({ allowed: 'a list of prefixes', example, about, standard: 'none' }, prefix({ example, about: '', standard: '' }));

export const ROUTES: List<(RawRoute | undefined)[]> = list(
  {
    allowed: 'a list of routes',
    example: 'routes: [ { prefix: 203.0.113.0/24 } ]',
    about: 'Routes of our own. They are announced from the start on, and take part in the decision process; export policies apply to them.',
    standard: '[]',
  },
  section<RawRoute>(
    { allowed: 'a mapping with prefix', example: '- { prefix: 203.0.113.0/24, community: ["65000:100"] }', about: '' },
    {
      prefix: prefix({ example: 'prefix: 203.0.113.0/24', about: 'What is announced.' }),
      'next-hop': text(
        {
          allowed: "the address of a router, of the prefix's family",
          example: 'next-hop: 192.0.2.1',
          about: 'Where packets go.',
          standard: 'our own address towards each neighbor',
        },
        readNextHop,
      ),
      ...ATTRIBUTES,
      while: conditionName('Name of a condition. The route is announced only while it holds.'),
    },
  ),
);

export const AGGREGATES: List<(RawAggregate | undefined)[]> = list(
  {
    allowed: 'a list of aggregates',
    example: 'aggregates: [ { prefix: 203.0.113.0/22, summary-only: true } ]',
    about:
      'Routes of our own that are there while a more specific prefix is in the Loc-RIB (RFC 4271 §9.2.2.2). There is no AS_SET (RFC 9774): ' +
      'AS_PATH is ours alone, with ATOMIC_AGGREGATE where that leaves ASes out, and AGGREGATOR.',
    standard: '[]',
  },
  section<RawAggregate>(
    { allowed: 'a mapping with prefix', example: '- { prefix: 203.0.113.0/22, summary-only: true }', about: '' },
    {
      prefix: prefix({ example: 'prefix: 203.0.113.0/22', about: 'What is announced.' }),
      'summary-only': flag({
        example: 'summary-only: true',
        about: 'More specific prefixes are not announced to anybody. Other aggregates are.',
        standard: 'false',
      }),
      'merge-communities': flag({
        example: 'merge-communities: true',
        about: 'The aggregate has the communities of all its contributors, at most 100 of each kind.',
        standard: 'false',
      }),
      ...ATTRIBUTES,
    },
  ),
);

export const CONDITIONS: List<(RawCondition | undefined)[]> = list(
  {
    allowed: 'a list of conditions',
    example: 'conditions: [ { name: transit-lost, absent: [198.51.100.0/24] } ]',
    about: 'What `while` of a route and `default-originate-while` of a neighbor name.',
    standard: '[]',
  },
  section<RawCondition>(
    {
      allowed: 'a mapping with name, and present or absent',
      example: '- { name: transit-lost, absent: [198.51.100.0/24] }',
      about: '',
    },
    {
      name: field({ allowed: NAME_ALLOWED, example: 'name: transit-lost', about: 'Its name.' }, { type: 'text' }, readName),
      present: prefixList('present: [198.51.100.0/24]', 'It holds while one of these prefixes is in the Loc-RIB.'),
      absent: prefixList('absent: [198.51.100.0/24]', 'It holds while none of these prefixes is in the Loc-RIB.'),
      hold: integer(
        {
          allowed: '0 to 3600 seconds',
          example: 'hold: 10',
          about: 'For how long it must be so, or no longer be so, before it counts: a prefix that flaps changes nothing.',
          standard: String(CONDITION_HOLD_SECONDS_DEFAULT),
        },
        0,
        3600,
      ),
    },
  ),
);

export const DAMPING: Section<RawDamping> = section<RawDamping>(
  {
    allowed: 'a mapping with half-life, reuse, suppress and max-suppress',
    example: 'damping: { suppress: 6000 }',
    about: 'Route flap damping (RFC 2439) for neighbors with `damping: true`. The defaults are those of RFC 7196.',
    standard: 'as below',
  },
  {
    'half-life': integer(
      {
        allowed: '60 to 2700 seconds',
        example: 'half-life: 900',
        about: 'The time in which a penalty is halved.',
        standard: String(DAMPING_DEFAULTS.halfLifeSeconds),
      },
      60,
      2700,
    ),
    reuse: integer(
      {
        allowed: '1 to 20000',
        example: 'reuse: 750',
        about: 'A suppressed route is used again below this penalty.',
        standard: String(DAMPING_DEFAULTS.reuse),
      },
      1,
      20_000,
    ),
    suppress: integer(
      {
        allowed: '1 to 50000',
        example: 'suppress: 6000',
        about: 'A route is suppressed above this penalty. A withdrawal adds 1000, other attributes add 500. RFC 7196 advises against less.',
        standard: String(DAMPING_DEFAULTS.suppress),
      },
      1,
      50_000,
    ),
    'max-suppress': integer(
      {
        allowed: '60 to 86400 seconds',
        example: 'max-suppress: 3600',
        about: 'No route is suppressed longer than this after its last flap.',
        standard: String(DAMPING_DEFAULTS.maxSuppressSeconds),
      },
      60,
      86_400,
    ),
  },
);
