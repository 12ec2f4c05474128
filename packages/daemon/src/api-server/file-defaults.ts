import type { Configuration } from '../configuration.ts';
import { Refusal } from '../keys/fields.ts';
import { readPolicyChain } from '../keys/policy-chain.ts';
import { readRemoteAs } from '../keys/values.ts';

/** What `defaults` of the file says that the APIs of other daemons need, as they have no place for it themselves. */
export interface FileDefaults {
  readonly remoteAs?: number | undefined;
  /** Chains of policies in canonical text. */
  readonly importPolicy?: string | undefined;
  readonly exportPolicy?: string | undefined;
}

export function fileDefaults(configuration: Configuration | undefined): FileDefaults {
  if (configuration === undefined) return {};
  const parsed = JSON.parse(configuration.current({ json: true }).text) as { readonly defaults?: Readonly<Record<string, unknown>> };
  const { 'remote-as': as, policy, import: ins = policy, export: out = policy } = parsed.defaults ?? {};
  const chain = (value: unknown): string | undefined => (value === undefined ? undefined : read(readPolicyChain(value)));
  return { remoteAs: read(readRemoteAs(as)), importPolicy: chain(ins), exportPolicy: chain(out) };
}

/** What the daemon has refused to read, it does not run with. */
function read<T>(value: T | Refusal): T | undefined {
  return value instanceof Refusal ? undefined : value;
}
