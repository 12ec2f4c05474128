/**
 * Reads the sections `sets` and `policies` with @tsbgp/policy: its problems become errors of the file, with their places. Chains of neighbors
 * may name only policies that are there.
 */
import { readPolicies } from '@tsbgp/policy';
import { scriptAddress } from '@tsbgp/policy/node';
import type { Path } from '../keys/fields.ts';
import { NEIGHBOR_KEYS, type RawNeighbor } from '../keys/neighbor-keys.ts';
import { BUILT_IN_POLICIES, isPolicyName } from '../keys/policy-chain.ts';
import { hashOfScript } from '../policy/script-hash.ts';
import type { Findings } from './findings.ts';
import { unknownPolicy } from './neighbor-rules.ts';
import type { RawConfig } from './schema.ts';

const FIELDS = ['policy', 'importPolicy', 'exportPolicy'] as const;

/** Relative names of files begin in `folder`. */
export function checkPolicySections({ sets, policies, defaults, groups, neighbors }: RawConfig, findings: Findings, folder: string): void {
  const result = readPolicies({ sets, policies });
  for (const problem of result.problems) findings.addProblem(problem);
  for (const [name, file] of result.scripts) {
    if (hashOfScript(scriptAddress(file, folder)) !== undefined) continue;
    const rule = {
      because: 'which is no file that can be read',
      allowed: 'a file that is there; its name begins at the folder of this one',
    };
    findings.refuse('unreadable-file', ['policies', name, 'file'], rule);
  }
  for (const warning of result.warnings) findings.addPolicyWarning(warning);
  const written = Object.keys(policies ?? {});
  for (const name of written) {
    if (isPolicyName(name)) continue;
    const because = BUILT_IN_POLICIES.some((builtIn) => builtIn === name) ? 'is there already' : 'is no name';
    const allowed = 'letters, digits, "-", "_" and "." in names, a letter or digit first, at most 63';
    findings.refuse('invalid-value', ['policies', name], { because: `"${name}" ${because}`, allowed });
  }
  const check = (section: RawNeighbor, path: Path): void => checkChains(section, path, written, findings);
  if (defaults !== undefined) check(defaults, ['defaults']);
  for (const [name, group] of Object.entries(groups ?? {})) if (group !== undefined) check(group, ['groups', name]);
  neighbors?.forEach((neighbor, i) => {
    if (neighbor !== undefined) check(neighbor, ['neighbors', i]);
  });
}

function checkChains(section: RawNeighbor, path: Path, written: readonly string[], findings: Findings): void {
  for (const name of FIELDS) {
    const text = section[name];
    const unknown = text === undefined ? undefined : unknownPolicy(text, written);
    if (unknown !== undefined) findings.refuse('unknown-name', [...path, NEIGHBOR_KEYS[name].key], unknown);
  }
}
