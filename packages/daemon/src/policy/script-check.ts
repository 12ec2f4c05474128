/** Loads the policies in TypeScript of a configuration that is only checked. */
import { dirname } from 'node:path';
import { type PolicySections, readPolicies } from '@tsbgp/policy';
import { ScriptFiles } from './script-files.ts';

/** What is checked: the sections, and the file that has them. */
export interface CheckedPolicies {
  readonly file: string;
  readonly policy: PolicySections;
}

/** Why policies cannot be loaded: a text for each, which names the policy, its file and the line. Their code runs as far as loading runs it. */
export async function scriptFailures({ file, policy }: CheckedPolicies): Promise<string[]> {
  const files = new ScriptFiles();
  const failures: string[] = [];
  for (const [name, script] of readPolicies(policy).scripts) {
    const { failure } = await files.load(script, dirname(file));
    if (failure !== undefined) failures.push(`${file} policies.${name}.file: ${failure}`);
  }
  return failures;
}
