/** The keys of a neighbor about what it has in common with others. Part of the rows of neighbor-keys.ts. */
import { list, Refusal, text } from './fields.ts';
import type { NeighborKey } from './neighbor-key.ts';

export interface GroupConfig {
  /** Name of a section of `groups`, whose keys the neighbor has where it does not have them itself. */
  readonly group?: string | undefined;
  /** Words that policies ask for. */
  readonly tags: readonly string[];
}

export const NAME_ALLOWED = 'letters, digits, "-", "_" and ".", a letter or digit first, at most 63';

/** A name that neighbors and policies use for something. */
export function readName(value: string): string | Refusal {
  return /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,62}$/u.test(value) ? value : new Refusal('invalid-value');
}

const tag = text({ allowed: NAME_ALLOWED, example: 'tags: [transit, paid]', about: 'A word.', standard: '' }, readName);

export const GROUP_KEYS: { readonly [Name in keyof GroupConfig]-?: NeighborKey<GroupConfig[Name], keyof GroupConfig> } = {
  group: {
    key: 'group',
    value: text(
      {
        allowed: `the name of a section of groups: ${NAME_ALLOWED}`,
        example: 'group: customers',
        about:
          'The section of `groups` whose keys the neighbor has where it does not have them itself; those of `defaults` come last. Policies ask for it: `match: { neighbor: { group: customers } }`.',
        standard: 'none',
      },
      readName,
    ),
    scopes: ['neighbor'],
    onChange: 'import',
    option: { flags: '--group <name>', help: 'a section of "groups" in the configuration' },
  },
  tags: {
    key: 'tags',
    value: list(
      {
        allowed: `a list of names: ${NAME_ALLOWED}`,
        example: 'tags: [transit, paid]',
        about: 'Words that policies ask for: `match: { neighbor: { tag: paid } }`.',
        standard: 'none',
      },
      tag,
    ),
    default: [],
    onChange: 'import',
    option: { flags: '--tags <list>', help: 'words that policies ask for' },
    foreign: 'tag labels label',
  },
};
