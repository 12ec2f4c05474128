/** The keys of a neighbor about policy. Part of the rows of neighbor-keys.ts. */
import { type Field, field } from './fields.ts';
import type { NeighborKey } from './neighbor-key.ts';
import { CHAIN_TEXT_MAX, readPolicyChain } from './policy-chain.ts';

export interface PolicyConfig {
  /** A chain of policies in canonical text (policy-chain.ts). Undefined: accept-all for iBGP, deny-all for eBGP (RFC 8212). */
  readonly importPolicy?: string | undefined;
  readonly exportPolicy?: string | undefined;
}

const chain = (example: string, about: string): Field<string> =>
  field(
    {
      allowed: 'accept-all, deny-all, the name of a policy, a list of names, or these by family',
      example,
      about,
      standard: 'accept-all for iBGP, deny-all for eBGP (RFC 8212)',
    },
    { type: 'text', max: CHAIN_TEXT_MAX },
    readPolicyChain,
  );

type Name = keyof PolicyConfig;

export const POLICY_KEYS: { readonly [Key in Name | 'policy']-?: NeighborKey<Key extends Name ? PolicyConfig[Key] : string, Name> } = {
  policy: {
    key: 'policy',
    value: chain('policy: accept-all', 'Short for `import` and `export` with the same value. Excludes both.'),
    sets: ['importPolicy', 'exportPolicy'],
    onChange: 'nothing',
    option: { flags: '--policy <policies>', help: 'for import and export' },
  },
  importPolicy: {
    key: 'import',
    value: chain(
      'import: [hygiene, customers-in]',
      'The policies that routes from this neighbor pass. The first that decides ends the chain; what none decides is rejected. See docs/policy.md.',
    ),
    onChange: 'import',
    option: { flags: '--import <policies>', help: 'for its routes, e.g. "hygiene customers-in"; without: deny-all for eBGP' },
    foreign: 'import-policy in-policy policy-in import-default import-chain import-policy-chain',
  },
  exportPolicy: {
    key: 'export',
    value: chain('export: [customers-out, deny-all]', 'The policies that routes towards this neighbor pass, as in `import`.'),
    onChange: 'export',
    option: { flags: '--export <policies>', help: 'for routes towards it; without: deny-all for eBGP' },
    foreign: 'export-policy out-policy policy-out export-default export-chain export-policy-chain',
  },
};
