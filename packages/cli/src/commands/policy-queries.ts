/** `tsbgp policy list|show|sets|reload|explain|diff`: the policies and sets of the daemon, what they decide, and what others would decide. */
import { readFileSync } from 'node:fs';
import {
  ExplainPolicyRequest_Direction as Direction,
  type Policy,
  type PolicyDifference,
  type PolicyExplanation,
  type PolicySet,
  type PolicyStatement,
  type RouteDifference,
} from '@tsbgp/api';
import { Argument, type Command, Option } from 'commander';
import { CliError, ExitCode, usageError } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { addRouteOptions, attributesOf, type RouteOptions } from '../route-options.ts';
import { printable } from '../terminal/style.ts';
import { type Column, TableWriter } from '../terminal/table.ts';
import { ago, count, counted } from '../terminal/units.ts';
import { date } from '../timestamp.ts';
import { localRoute } from '../to-api.ts';
import { address, integer, prefixOrAddress } from '../values.ts';

const SET_KINDS = ['prefixes', 'as-numbers', 'as-paths', 'communities', 'neighbors'];
const EXAMPLES_MAX = 100;

const POLICIES: readonly Column<Policy>[] = [
  { title: 'Policy', value: ({ name }) => printable(name), format: () => 'bold' },
  { title: 'Statements', value: ({ file, statements }) => (file === '' ? count(statements) : printable(file)), align: 'right' },
  { title: 'Import', value: ({ uses }) => usedBy(uses.filter((use) => use.import)), align: 'right' },
  { title: 'Export', value: ({ uses }) => usedBy(uses.filter((use) => use.export)), align: 'right' },
  { title: 'Called by', value: ({ calledBy }) => printable(calledBy.join(', ')), onlyIfUsed: true },
];

const SETS: readonly Column<PolicySet>[] = [
  { title: 'Kind', value: ({ kind }) => kind },
  { title: 'Set', value: ({ name }) => printable(name), format: () => 'bold' },
  { title: 'Entries', value: ({ entries }) => count(entries), align: 'right' },
  {
    title: 'File',
    value: ({ file }) => printable(file === undefined ? '' : `${file.file}${file.list === '' ? '' : `, ${file.list}`}`),
    onlyIfUsed: true,
  },
  { title: 'Generation', value: ({ file }) => (file === undefined ? '' : String(file.generation)), align: 'right', onlyIfUsed: true },
  { title: 'Written', value: ({ file }) => ago(date(file?.writtenAt), new Date()).trim(), onlyIfUsed: true },
  { title: 'Not in use because', value: ({ file }) => printable(file?.error ?? ''), format: () => 'red', onlyIfUsed: true },
];

interface ExplainOptions extends RouteOptions {
  readonly direction?: 'import' | 'export';
}

export function addPolicyQueries(policy: Command, invocation: Invocation): void {
  policy
    .command('list')
    .description('list the policies of the daemon, and how many neighbors use each')
    .action(async () => {
      const { policies } = await invocation.call((client, options) => client.policies.listPolicies({}, options));
      if (invocation.isJson) await invocation.printJsonLines(policies.map(policyJson));
      else if (policies.length === 0) await invocation.print('no policies are configured');
      else await invocation.print(...new TableWriter(POLICIES, invocation.view()).lines(policies));
    });

  policy
    .command('show')
    .description('show a policy as it is configured, and who uses it')
    .argument('<policy>', 'its name')
    .action(async (name: string) => {
      const { policy: found, text, statements } = await invocation.call((client, options) => client.policies.getPolicy({ name }, options));
      const json = found === undefined ? {} : policyJson(found);
      if (invocation.isJson) return invocation.printJson({ ...json, text, statements: statements.map(statementJson) });
      const uses = found?.uses ?? [];
      const users = (title: string, of: typeof uses): string[] =>
        of.length === 0 ? [] : [`# ${title}: ${of.map((use) => use.neighbor).join(', ')}`];
      const callers = found === undefined || found.calledBy.length === 0 ? [] : [`# called by: ${found.calledBy.join(', ')}`];
      const lines = [
        ...users(
          'import of',
          uses.filter((use) => use.import),
        ),
        ...users(
          'export of',
          uses.filter((use) => use.export),
        ),
        ...callers,
      ];
      await invocation.print(...lines.map(printable), ...text.trimEnd().split('\n').map(printable));
    });

  policy
    .command('sets')
    .description('list the sets of the daemon and their files, or the entries of one')
    .addArgument(new Argument('[kind]', 'with a name: only this set').choices(SET_KINDS))
    .argument('[set]', 'its name')
    .action((kind: string | undefined, name: string | undefined) => showSets(invocation, kind, name));

  policy
    .command('reload')
    .description('read the files of sets again now; no session is reset')
    .action(async () => {
      const { changed, errors } = await invocation.call((client, options) => client.policies.reloadPolicies({}, options));
      await invocation.done(changed.length === 0 ? 'no file has changed' : `${counted(changed.length, 'file')} read`, { changed, errors });
      if (errors.length > 0)
        throw new CliError(ExitCode.Refused, `${counted(errors.length, 'file')} cannot be used; older versions stay in use`, errors);
    });

  addRouteOptions(
    policy
      .command('explain')
      .description('explain what the policies of a neighbor decide about a route, statement by statement')
      .argument('<neighbor>', 'whose policies', address)
      .argument('<prefix>', 'a prefix, or an address, which means its longest match', prefixOrAddress),
  )
    .addOption(new Option('--direction <direction>', 'only this one').choices(['import', 'export']))
    .addHelpText('after', EXPLAIN_HELP)
    .action((neighbor: string, prefix: string, options: ExplainOptions) => explain(invocation, neighbor, prefix, options));

  policy
    .command('diff')
    .description('show what another configuration would change of routes, without applying it')
    .argument('<file>', 'a whole configuration file')
    .option('--neighbor <neighbor>', 'only of this one', address)
    .option('--examples <number>', 'of each kind and neighbor', integer(0, EXAMPLES_MAX, 10))
    .action((file: string, options: { neighbor?: string; examples?: number }) => diff(invocation, file, options));
}

const EXPLAIN_HELP = `
Without --next-hop the routes that are there are explained: for import those from
the neighbor, for export the best one. With it a route that need not be there:

  tsbgp policy explain 192.0.2.1 203.0.113.0/24 --next-hop 192.0.2.1 --as-path 64501 --community 64512:110
`;

async function showSets(invocation: Invocation, kind: string | undefined, name: string | undefined): Promise<void> {
  if (kind === undefined || name === undefined) {
    const { sets: all } = await invocation.call((client, options) => client.policies.listSets({}, options));
    const sets = all.filter((set) => kind === undefined || set.kind === kind);
    if (invocation.isJson) await invocation.printJsonLines(sets.map(setJson));
    else if (sets.length === 0) await invocation.print('no sets are configured');
    else await invocation.print(...new TableWriter(SETS, invocation.view()).lines(sets));
    return;
  }
  for (let pageToken = ''; ; ) {
    const answer = await invocation.call((client, options) => client.policies.getSet({ kind, name, pageToken }, options));
    if (invocation.isJson) await invocation.printJsonLines(answer.entries);
    else await invocation.print(...answer.entries.map(printable));
    pageToken = answer.nextPageToken;
    if (pageToken === '') return;
  }
}

async function explain(
  invocation: Invocation,
  neighbor: string,
  prefix: string,
  { direction, nextHop, ...route }: ExplainOptions,
): Promise<void> {
  const attributes = attributesOf(route);
  if (nextHop === undefined && attributes.length > 0) throw usageError('a route that need not be there has a --next-hop');
  if (nextHop !== undefined && !prefix.includes('/')) throw usageError(`a route has a prefix, not the address ${prefix}`);
  const request = {
    neighbor,
    prefix,
    direction: direction === undefined ? Direction.UNSPECIFIED : direction === 'import' ? Direction.IMPORT : Direction.EXPORT,
    ...(nextHop !== undefined && { route: localRoute({ prefix, nextHop, attributes, place: '' }) }),
  };
  const { explanations } = await invocation.call((client, options) => client.policies.explainPolicy(request, options));
  if (invocation.isJson) return invocation.printJsonLines(explanations.map(explanationJson));
  const pages = explanations.map((explanation) => explanationLines(invocation, explanation));
  await invocation.print(...pages.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])));
}

function explanationLines({ style }: Pick<Invocation, 'style'>, explanation: PolicyExplanation): string[] {
  const { chain, prefix, source, accepted, reason, policy, statement, changes, statements } = explanation;
  const from = explanation.export ? (source === '' ? '' : ` from ${source}`) : '';
  const by = policy === '' ? 'the default' : statement === '' ? `the default of ${policy}` : `${policy} ${statement}`;
  return [
    `${style('bold', prefix)}${from}  ${explanation.export ? 'export' : 'import'}: ${printable(chain)}`,
    ...statements.flatMap((one) => {
      const failed = one.conditions.find(({ holds }) => !holds);
      const held = one.conditions.map(({ text }) => text).join(', ');
      const result = failed === undefined ? `match${held === '' ? '' : `: ${held}`}` : `no match: ${failed.text}; found ${failed.found}`;
      return [
        style(one.matched ? 'green' : 'dim', printable(`  ${one.policy} ${one.statement}: ${result}`)),
        ...one.changes.map((change) => printable(`      ${change}`)),
      ];
    }),
    `  ${style(accepted ? 'green' : 'red', accepted ? 'accepted' : 'rejected')}${reason === '' ? '' : ` (${printable(reason)})`} by ${printable(by)}`,
    ...(changes === '' ? [] : [`  with ${printable(changes)}`]),
  ];
}

/** What is told of each kind of difference. */
const DIFFERENCES: readonly (readonly [title: string, of: (difference: PolicyDifference) => RouteDifference | undefined])[] = [
  ['would be accepted from it', ({ admitted }) => admitted],
  ['would be rejected from it', ({ rejected }) => rejected],
  ['from it would have other attributes', ({ importChanged }) => importChanged],
  ['would be announced to it', ({ announced }) => announced],
  ['would be withdrawn from it', ({ withdrawn }) => withdrawn],
  ['to it would have other attributes', ({ exportChanged }) => exportChanged],
];

async function diff(
  invocation: Invocation,
  file: string,
  { neighbor = '', examples = 0 }: { neighbor?: string; examples?: number },
): Promise<void> {
  const request = { configuration: textOf(file), neighbor, examples };
  const { neighbors, compared } = await invocation.call((client, options) => client.policies.diffPolicy(request, options));
  if (invocation.isJson) return invocation.printJsonLines(neighbors.map(differenceJson));
  for (const difference of neighbors) {
    await invocation.print(invocation.style('cyan', printable(difference.neighbor)));
    for (const [title, of] of DIFFERENCES) {
      const found = of(difference);
      if (found === undefined || found.count === 0n) continue;
      await invocation.print(`  ${counted(found.count, 'route')} ${title}`, ...found.examples.map((one) => `    ${printable(one)}`));
    }
  }
  const changed = neighbors.length === 0 ? 'no route would change' : `${counted(neighbors.length, 'neighbor')} with changes`;
  await invocation.print(`${changed}; ${counted(compared, 'neighbor')} with other policies`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(`${file}: ${(error as Error).message}`);
  }
}

function usedBy(uses: readonly unknown[]): string {
  return uses.length === 0 ? '' : count(uses.length);
}

function policyJson({ name, statements, file, uses, calledBy }: Policy): object {
  return {
    name,
    statements,
    file: file || undefined,
    uses: uses.map((use) => ({ neighbor: use.neighbor, import: use.import, export: use.export })),
    calledBy,
  };
}

function setJson({ kind, name, entries, file }: PolicySet): object {
  return {
    kind,
    name,
    entries: Number(entries),
    ...(file && {
      file: file.file,
      list: file.list || undefined,
      generation: Number(file.generation),
      readAt: date(file.readAt),
      writtenAt: date(file.writtenAt),
      error: file.error || undefined,
    }),
  };
}

function statementJson({ name, depth, otherwise, conditions, changes, call, action, reason }: PolicyStatement): object {
  return { name, depth, otherwise, conditions, changes, call: call || undefined, action, reason: reason || undefined };
}

function explanationJson({ statements, ...explanation }: PolicyExplanation): object {
  const plain = statements.map(({ policy, statement, matched, conditions, changes }) => ({
    policy,
    statement,
    matched,
    conditions: conditions.map(({ text, holds, found }) => ({ text, holds, found })),
    changes,
  }));
  const { chain, prefix, pathIdentifier, source, accepted, reason, policy, statement, changes } = explanation;
  const direction = explanation.export ? 'export' : 'import';
  return { direction, chain, prefix, pathIdentifier, source, accepted, reason, policy, statement, changes, statements: plain };
}

function differenceJson(difference: PolicyDifference): object {
  const plain = (found: RouteDifference | undefined) => ({ count: Number(found?.count ?? 0n), examples: found?.examples ?? [] });
  const { neighbor, admitted, rejected, importChanged, announced, withdrawn, exportChanged } = difference;
  return {
    neighbor,
    admitted: plain(admitted),
    rejected: plain(rejected),
    importChanged: plain(importChanged),
    announced: plain(announced),
    withdrawn: plain(withdrawn),
    exportChanged: plain(exportChanged),
  };
}
