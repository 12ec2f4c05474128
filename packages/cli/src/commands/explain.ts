/** `tsbgp explain`: why the routes of a prefix are where they are: how its paths compare, and what each neighbor gets of them. */
import type { Command } from 'commander';
import { explanationView } from '../from-explanation.ts';
import type { Invocation } from '../invocation.ts';
import { address, prefixOrAddress } from '../values.ts';
import { explanationPage } from '../views/explanation.ts';

interface ExplainOptions {
  readonly neighbor?: string;
  readonly pairwise?: boolean;
}

export function addExplain(program: Command, invocation: Invocation): void {
  program
    .command('explain')
    .description('explain why one path is the best, and what each neighbor gets, and why not the rest')
    .argument('<prefix>', 'a prefix, or an address, which means its longest match', prefixOrAddress)
    .option('--neighbor <neighbor>', 'only what this neighbor gets', address)
    .option('--pairwise', 'compare the paths in pairs too')
    .action(async (prefix: string, { neighbor = '', pairwise = false }: ExplainOptions) => {
      const answer = await invocation.call((client, options) => client.rib.explainRoute({ prefix, neighbor, pairwise }, options));
      const view = explanationView(answer);
      await (invocation.isJson ? invocation.printJson(view) : invocation.print(...explanationPage(view, prefix, invocation.view())));
    });
}
