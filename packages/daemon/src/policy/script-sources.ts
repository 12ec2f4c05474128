/** Which versions of policies in TypeScript a configuration has: by the octets of their files, so that a changed file is a changed configuration. */
import { dirname } from 'node:path';
import { scriptAddress } from '@tsbgp/policy/node';
import { isMapping } from '../keys/fields.ts';
import { hashOfScript } from './script-hash.ts';

/** Name of the policy -> hash of its file; '' where it cannot be read. `policies` is the section, `config` the file that has it. */
export function scriptHashes(policies: unknown, config: string): Readonly<Record<string, string>> {
  if (!isMapping(policies)) return {};
  const hashes = Object.entries(policies).flatMap(([name, policy]) => {
    const file = isMapping(policy) ? policy['file'] : undefined;
    return typeof file === 'string' ? [[name, hashOfScript(scriptAddress(file, dirname(config))) ?? ''] as const] : [];
  });
  return Object.fromEntries(hashes);
}
