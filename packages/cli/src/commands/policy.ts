/** `tsbgp policy`: looks at policies, and tests them. What asks the daemon is in policy-queries.ts. What does the work is loaded when the command runs. */
import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import type { PolicyTestOptions } from '../policy-test/run.ts';
import { integer } from '../values.ts';
import { addPolicyQueries } from './policy-queries.ts';

const TEST_HELP = `
A file of tests is YAML: routes, neighbors, and what policies must make of them.

  config: tsbgpd.yaml            # where sets and policies are; or in this file
  neighbors:
    acme: { address: 203.0.113.1, as: 65001 }
  routes:
    plain: { prefix: 192.0.2.0/24, as-path: "65001" }
  tests:
    - name: customers are preferred where they ask for it
      policy: [hygiene, customers-in]
      neighbor: acme
      route: { like: plain, communities: ["64512:110"] }
      expect: accept             # or reject, or { reject: REASON }
      attributes: { local-preference: 110 }

All keys are in docs/policy.md. Policies in TypeScript are tested alike. Coverage
counts the statements that matched in some test, and the lines of code that ran.

Exit codes: 0 all passed, 1 a test failed or the coverage is too small, 2 a file
is wrong.

Examples:
  tsbgp policy test policies.test.yaml
  tsbgp policy test *.test.yaml --min-coverage 90
`;

export function addPolicy(program: Command, invocation: Invocation): void {
  const policy = program.command('policy').description('look at policies, explain, compare and test them');
  addPolicyQueries(policy, invocation);
  policy
    .command('test')
    .description('run tests of policies, and show what they cover; needs no daemon')
    .argument('<file...>', 'files of tests')
    .option('--min-coverage <percent>', 'fail where less is covered', integer(0, 100, 90))
    .option('-v, --verbose', 'show how each test was decided')
    .addHelpText('after', TEST_HELP)
    .action(async (files: string[], options: PolicyTestOptions) => {
      const { runPolicyTests } = await import('../policy-test/run.ts');
      await runPolicyTests(invocation, files, options);
    });
}
