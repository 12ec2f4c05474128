/**
 * Reads the sections `sets` and `policies` with @tsbgp/policy: its problems become errors of the file, with their places. Chains of neighbors
 * may name only policies that are there.
 */
import { readPolicies } from '@tsbgp/policy';
import type { Path } from '../keys/fields.ts';
import { NEIGHBOR_KEYS, type RawNeighbor } from '../keys/neighbor-keys.ts';
import { BUILT_IN_POLICIES, isPolicyName, policiesIn } from '../keys/policy-chain.ts';
import type { Findings } from './findings.ts';
import type { RawConfig } from './schema.ts';
import { suggest } from './suggest.ts';

const FIELDS = ['policy', 'importPolicy', 'exportPolicy'] as const;

export function checkPolicySections({ sets, policies, defaults, neighbors }: RawConfig, findings: Findings): void {
  const result = readPolicies({ sets, policies });
  for (const problem of result.problems) findings.addProblem(problem);
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
  neighbors?.forEach((neighbor, i) => {
    if (neighbor !== undefined) check(neighbor, ['neighbors', i]);
  });
}

function checkChains(section: RawNeighbor, path: Path, written: readonly string[], findings: Findings): void {
  const known = [...BUILT_IN_POLICIES, ...written];
  for (const name of FIELDS) {
    const text = section[name];
    const unknown = text === undefined ? undefined : policiesIn(text).find((policy) => !known.includes(policy));
    if (unknown === undefined) continue;
    const near = suggest(unknown, known);
    const because = `there is no policy "${unknown}"${near === undefined ? '' : `, did you mean "${near}"?`}`;
    findings.refuse('unknown-name', [...path, NEIGHBOR_KEYS[name].key], { because, allowed: known.join(', ') });
  }
}
