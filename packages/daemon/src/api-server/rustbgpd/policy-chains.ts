/** Chains of rustbgpd.v1: what none of their policies denies is permitted. So a chain that is set ends with accept-all, and this end is not shown. */
import { type ControlPlane, invalidArgument } from '../../control-plane.ts';
import { BUILT_IN_POLICIES, policiesIn } from '../../keys/policy-chain.ts';
import { quote } from '../../quote.ts';

/** A chain in canonical text. Throws ControlError `invalid-argument`. */
export function chainOf(control: ControlPlane, policyNames: readonly string[]): string {
  const known = new Set<string>([...control.policies.policies().map(({ name }) => name), ...BUILT_IN_POLICIES]);
  const missing = policyNames.find((name) => !known.has(name));
  if (missing !== undefined) throw invalidArgument('policy_names', `undefined policy ${quote(missing)}`);
  const decides = BUILT_IN_POLICIES.some((name) => name === policyNames.at(-1));
  return [...policyNames, ...(decides ? [] : ['accept-all'])].join(' ');
}

/** The names of a chain in canonical text. */
export function shownChain(chain: string): string[] {
  const found = chain === '' ? [] : policiesIn(chain);
  return found.at(-1) === 'accept-all' ? found.slice(0, -1) : found;
}
