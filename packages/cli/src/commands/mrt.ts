/** `tsbgp mrt`: options and help. What does the work is loaded when the command runs. */
import { parseCommunity, parseLargeCommunity } from '@tsbgp/wire';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Invocation } from '../invocation.ts';
import type { MrtFormat, MrtOptions } from '../mrt/options.ts';
import { address, asNumber, checkedBy, integer, listOf, prefix } from '../values.ts';
import { addMrtFiles } from './mrt-files.ts';

const HELP = `
FILE is MRT (RFC 6396), plain or packed with gzip, bzip2 or zstd; - is standard
input. Routes of tables and of UPDATEs, withdrawn ones and changes of state come
in the order of the file, those of several files in the order of the files.
All filters that are given have to hold; several values of one are a choice.
In --as-path, _ stands for a space, a bracket, the beginning or the end.

Damaged records are left out and reported on standard error with their place;
the exit code is 1 then. A record that bgpdump would not print is not damage.

Examples:
  tsbgp mrt rib.20261120.0000.bz2 --summary
  tsbgp mrt -m updates.20261120.0000.gz          as bgpdump -m prints it
  tsbgp mrt updates.*.gz --longer 193.0.0.0/16 --type announce --json
  tsbgp mrt rib.bz2 --origin-as 3333 --as-path '_6939_' -o cut.mrt.zst
  tsbgp mrt dump                  the daemon writes its tables to a file
`;

const TYPES = ['announce', 'withdraw', 'table', 'state'] as const;
const FORMATS = ['text', 'bgpdump', 'json'] as const;

export function addMrt(program: Command, invocation: Invocation): void {
  const mrt = program.command('mrt');
  addMrtFiles(mrt, invocation);
  mrt
    .description(
      'print, filter, count and cut MRT files: tables and UPDATEs of routing collectors; needs no daemon, except for its own files',
    )
    .argument('<file...>', 'MRT files, or - for standard input')
    .addOption(new Option('-f, --format <format>', 'text for people, the lines of bgpdump -m, lines of JSON').choices(FORMATS))
    .option('-m', 'the same as --format bgpdump')
    .option('--summary', 'count instead: records, routes, peers, prefixes, damage')
    .option('-o, --output <file>', 'write the records that have a wanted route to a file, as MRT; packed if its name ends in .gz or .zst')
    .option('--prefix <prefixes>', 'routes of exactly these', listOf(prefix))
    .option('--longer <prefixes>', 'routes of these and of what is within them', listOf(prefix))
    .option('--shorter <prefixes>', 'routes of these and of what covers them', listOf(prefix))
    .option('--origin-as <numbers>', 'the last AS of the path', listOf(asNumber))
    .option('--as-path <regex>', 'a regular expression on the path, e.g. ^6939_ or _3333$', asPathText)
    .option('--peer <peers>', 'addresses of peers, or their AS numbers', listOf(peer))
    .option('--community <communities>', 'standard or large, e.g. 65000:1 or 65000:1:2', listOf(checkedBy(community)))
    .option('--type <types>', `what happened: ${TYPES.join(', ')}`, listOf(type))
    .option('--since <time>', 'not before: 2026-11-20T14:00:00Z, or seconds since 1970', time)
    .option('--until <time>', 'before: likewise', time)
    .option('--jobs <number>', 'threads, for several files or one long one (default: one for each processor)', integer(1, 64, 2))
    .addHelpText('after', HELP)
    .action(async (files: string[], options: MrtOptions & { readonly m?: boolean }) => {
      const { runMrt } = await import('../mrt/run.ts');
      const format: MrtFormat = options.m === true ? 'bgpdump' : (options.format ?? (invocation.isJson ? 'json' : 'text'));
      await runMrt(invocation, files, { ...options, format });
    });
}

function peer(text: string): string {
  return text.includes('.') || text.includes(':') ? address(text) : String(asNumber(text));
}

function type(text: string): (typeof TYPES)[number] {
  const found = TYPES.find((each) => each === text);
  if (found === undefined) throw new InvalidArgumentError(`Allowed: ${TYPES.join(', ')}.`);
  return found;
}

function asPathText(text: string): string {
  try {
    new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}. Allowed: a regular expression, e.g. ^6939_ or _3333$.`);
  }
  return text;
}

/** Only checked here: worker threads are given the text. */
function community(text: string): string {
  if (text.split(':').length === 3) parseLargeCommunity(text);
  else parseCommunity(text);
  return text;
}

/** Seconds since 1970. */
function time(text: string): number {
  if (/^\d{1,10}(\.\d+)?$/.test(text)) return Number(text);
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) throw new InvalidArgumentError('Allowed: e.g. 2026-11-20T14:00:00Z, or seconds since 1970.');
  return milliseconds / 1000;
}
