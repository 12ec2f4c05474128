/**
 * `tsbgp route list|add|del`: routes of our own. Many routes can come from a file or from standard input, one per line, written as on the
 * command line: `203.0.113.0/24 --next-hop 192.0.2.1 --community 65000:100`. Options of the command line are the defaults of every line.
 */
import { createReadStream } from 'node:fs';
import { Command } from 'commander';
import type { RouteKeyRequest, RouteRequest } from '../daemon.ts';
import { CliError, ExitCode, usageError } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { linesOf } from '../lines.ts';
import { addRouteOptions, attributesOf, type RouteOptions } from '../route-options.ts';
import { splitWords } from '../shell-words.ts';
import { counted } from '../terminal/units.ts';
import { plainUsage } from '../usage-message.ts';
import { argumentValue, familyName, prefix } from '../values.ts';
import { addFilters, type FilterOptions } from './filters.ts';
import { addOwnRouting } from './own-routing.ts';
import { showRoutes } from './rib.ts';

/** Routes in one request. The daemon accepts all routes of a request or none. */
const BATCH_MAX = 1000;

const BULK_HELP = `
Many at once, from standard input (-) or a file (--file), one route per line:
  203.0.113.0/24 --next-hop 192.0.2.1 --community 65000:100   # and so on
Options on the command line hold for every line that does not say otherwise.`;

const FAMILY_HELP = 'for what is no plain prefix: the argument is then an NLRI of the family, in quotes';

/** The daemon takes no longer names. */
const NAME_LENGTH_MAX = 64;

/** Of routes that are no plain prefixes: they are one argument then, the NLRI as text. */
interface FamilyOption {
  readonly family?: string;
}

interface BulkOptions {
  readonly file?: string;
}

export function addRoute(program: Command, invocation: Invocation): void {
  const route = program.command('route').description('list, add or delete routes of our own');
  addFilters(route.command('list').description('list routes of our own').argument('[prefix]', 'only this prefix', prefix))
    .option('--detail', 'every attribute of each route (the default for a single prefix)')
    .action((wanted: string | undefined, options: FilterOptions & { detail?: boolean }) =>
      showRoutes(invocation, { table: 'received', neighbor: '' }, wanted, options),
    );

  addOwnRouting(route, invocation);
  addLineOptions(
    route.command('add').description('add routes, or replace them').argument('[prefix...]', 'e.g. 203.0.113.0/24; - reads standard input'),
  )
    .option('-f, --file <file>', 'read routes from a file')
    .option('--added-by <name>', 'who adds them, for listings; without: $USER')
    .addHelpText('after', BULK_HELP)
    .action(async (prefixes: readonly string[], options: RouteOptions & FamilyOption & BulkOptions & { addedBy?: string }) => {
      const lines = input(invocation, 'add', prefixes, options);
      const parse = lineParser<RouteOptions & FamilyOption>(addLineOptions);
      const requests = map(lines, ({ words, place }) => {
        const { first, options: own } = parse(words);
        return routeRequest(first, { ...options, ...own }, place);
      });
      const daemon = await invocation.daemon();
      const count = await daemon.addRoutes(batches(requests), options.addedBy ?? invocation.io.env['USER']?.slice(0, NAME_LENGTH_MAX));
      await invocation.done(`${counted(count, 'route')} added`, { count });
    });

  route
    .command('del')
    .description('delete routes of our own')
    .argument('[prefix...]', 'e.g. 203.0.113.0/24; - reads standard input')
    .option('-f, --file <file>', 'read prefixes from a file')
    .option('--family <family>', FAMILY_HELP, familyName)
    .addHelpText('after', BULK_HELP.replace(' --next-hop 192.0.2.1 --community 65000:100', ''))
    .action(async (prefixes: readonly string[], options: FamilyOption & BulkOptions) => {
      const lines = input(invocation, 'del', prefixes, options);
      // The options of `add` are accepted and ignored: the file that added routes can also delete them.
      const parse = lineParser<RouteOptions & FamilyOption>(addLineOptions);
      const requests = map(lines, ({ words, place }): RouteKeyRequest => {
        const { first, options: own } = parse(words);
        const family = own.family ?? options.family;
        return family === undefined ? { prefix: argumentValue('prefix', first, prefix), place } : { prefix: first, family, place };
      });
      const daemon = await invocation.daemon();
      let asked = 0;
      const count = await daemon.deleteRoutes(batches(map(requests, (request) => (asked++, request))));
      const absent = asked - count;
      if (count === 0 && asked > 0)
        throw new CliError(ExitCode.Refused, asked === 1 ? 'there is no such route' : 'there are no such routes');
      await invocation.done(`${counted(count, 'route')} deleted${absent === 0 ? '' : `, ${absent} not found`}`, { count, absent });
    });
}

/** The options of a route, on the command line or in a line of a file. */
function addLineOptions(command: Command): Command {
  return addRouteOptions(command).option('--family <family>', FAMILY_HELP, familyName);
}

interface Line {
  /** `line 7`, `routes.txt:7`, '' for the command line. */
  readonly place: string;
  readonly words: readonly string[];
}

async function* input(invocation: Invocation, verb: string, prefixes: readonly string[], options: BulkOptions): AsyncGenerator<Line> {
  const fromStdin = prefixes.includes('-');
  if (fromStdin && prefixes.length > 1) throw usageError('- stands alone: prefixes come from standard input or from the command line');
  if (options.file !== undefined && prefixes.length > 0) throw usageError('--file and prefixes exclude each other');
  if (options.file === undefined && prefixes.length === 0) {
    throw usageError('which prefix?', `tsbgp route ${verb} 203.0.113.0/24${verb === 'add' ? ' --next-hop 192.0.2.1' : ''}`);
  }
  if (options.file === undefined && !fromStdin) {
    for (const text of prefixes) yield { place: '', words: [text] };
    return;
  }
  const source = options.file === undefined ? invocation.io.stdin : createReadStream(options.file);
  try {
    for await (const { number, text } of linesOf(source)) {
      const place = options.file === undefined ? `line ${number}` : `${options.file}:${number}`;
      const words = at(place, () => splitWords(text));
      if (words.length > 0) yield { place, words };
    }
  } catch (error) {
    if (error instanceof CliError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw usageError(`${options.file ?? 'standard input'} cannot be read: ${(error as Error).message}`);
  }
}

/** Runs `convert` for each line. Its errors get the place of the line. */
async function* map<A, B>(lines: AsyncIterable<A>, convert: (line: A) => B): AsyncGenerator<B> {
  for await (const line of lines) {
    const place = typeof line === 'object' && line !== null && 'place' in line ? String(line.place) : '';
    yield at(place, () => convert(line));
  }
}

function at<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const message = plainUsage(error instanceof Error ? error.message : String(error));
    const hints = error instanceof CliError ? error.hints : [];
    throw new CliError(ExitCode.Usage, place === '' ? message : `${place}: ${message}`, hints, { cause: error });
  }
}

/** Parses the words of a line as commander parses the command line. One parser serves all lines. */
function lineParser<Options>(addOptions: (command: Command) => Command): (words: readonly string[]) => { first: string; options: Options } {
  const command = addOptions(new Command('route').argument('<prefix>'))
    .exitOverride()
    .helpOption(false)
    .configureOutput({ writeErr: () => {}, writeOut: () => {} });
  return (words) => {
    command.parse([...words], { from: 'user' });
    return { first: command.args[0]!, options: command.opts<Options & Record<string, unknown>>() };
  };
}

function routeRequest(text: string, options: RouteOptions & FamilyOption, place: string): RouteRequest {
  const { family } = options;
  // The daemon knows which families need a next hop.
  if (family !== undefined) return { prefix: text, family, nextHop: options.nextHop ?? '', attributes: attributesOf(options), place };
  if (options.nextHop === undefined) {
    throw usageError(`${text}: where should packets go? --next-hop is missing`, `tsbgp route add ${text} --next-hop 192.0.2.1`);
  }
  return { prefix: argumentValue('prefix', text, prefix), nextHop: options.nextHop, attributes: attributesOf(options), place };
}

async function* batches<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length === BATCH_MAX) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
