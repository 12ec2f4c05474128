/** `tsbgp config check`, `diff`, `apply` …: the configuration of the daemon as a whole, in the form of its file. */
import { readFile } from 'node:fs/promises';
import { type ConfigChange, type ConfigVersion, ConfigChange_Effect as Effect, ConfigChange_Type as Type } from '@tsbgp/api';
import type { Command } from 'commander';
import { CliError, ExitCode, usageError } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { present } from '../present.ts';
import { type Format, printable } from '../terminal/style.ts';
import { counted, dateTime } from '../terminal/units.ts';
import { date } from '../timestamp.ts';
import { integer, seconds } from '../values.ts';

interface ApplyOptions {
  readonly confirmWithin?: number;
  readonly comment?: string;
  readonly overwrite?: boolean;
}

const FILE = 'the whole configuration; "-": standard input';
const OVERWRITE = 'also where the file was edited and not read since: what was edited is lost';
const CONFIRM_SECONDS_MAX = 86_400;

export function addConfigChanges(config: Command, invocation: Invocation): void {
  config
    .command('export')
    .description('print the configuration that is in effect as it is written, with its comments')
    .option('--effective', 'every value that applies, with defaults filled in')
    .action(async ({ effective }: { effective?: boolean }) => {
      const request = { effective: effective === true, json: invocation.isJson };
      const { text } = await invocation.call((client, options) => client.config.getConfig(request, options));
      await invocation.io.stdout.write(invocation.io.stdout.isTerminal ? text.split('\n').map(printable).join('\n') : text);
    });

  config
    .command('check')
    .description('let the daemon say what is wrong with a configuration; changes nothing')
    .argument('<file>', FILE)
    .action(async (file: string) => check(invocation, await readConfig(invocation, file)));

  config
    .command('diff')
    .description('show what a configuration would change, and which sessions that touches; changes nothing')
    .argument('<file>', FILE)
    .action(async (file: string) => {
      const request = await readConfig(invocation, file);
      const { changes, warnings, summary } = await invocation.call((client, options) => client.config.diffConfig(request, options));
      await show(invocation, { changes, summary, warnings });
    });

  config
    .command('apply')
    .description('put a configuration into effect and write it to the file of the daemon; only what differs is touched')
    .argument('<file>', FILE)
    .option('--confirm-within <time>', 'roll back unless "tsbgp config confirm" comes in time, e.g. 5m', seconds(1, CONFIRM_SECONDS_MAX))
    .option('--comment <text>', 'why, for "tsbgp config versions"')
    .option('--overwrite', OVERWRITE)
    .action(async (file: string, { confirmWithin, comment, overwrite }: ApplyOptions) => {
      const source = await readConfig(invocation, file);
      const request = { ...source, ...present({ comment, overwrite, confirmWithinSeconds: confirmWithin }) };
      const applied = await invocation.call((client, options) => client.config.applyConfig(request, options));
      await show(invocation, applied);
      const confirmBy = date(applied.confirmBy);
      if (confirmBy === undefined || invocation.isJson) return;
      await invocation.print(
        invocation.style('yellow', `It is rolled back at ${dateTime(confirmBy)} unless you confirm it: tsbgp config confirm`),
      );
    });

  config
    .command('confirm')
    .description('keep a configuration that was applied with --confirm-within')
    .action(async () => {
      const { version } = await invocation.call((client, options) => client.config.confirmConfig({}, options));
      await invocation.done(`version ${version} is confirmed`, { version: Number(version) });
    });

  config
    .command('versions')
    .description('list the versions that are kept, the latest first')
    .action(async () => {
      const { versions } = await invocation.call((client, options) => client.config.listConfigVersions({}, options));
      if (invocation.isJson) return invocation.printJson(versions.map(versionJson));
      if (versions.length === 0) return invocation.print('No version is kept yet: the first change keeps what was in effect before it.');
      const width = String(versions[0]!.number).length;
      await invocation.print(...versions.map((version) => versionLine(version, width, invocation)));
    });

  config
    .command('rollback')
    .description('go back to an earlier version')
    .argument('[version]', 'its number; without: the one before the current one', integer(1, Number.MAX_SAFE_INTEGER, 12))
    .option('--overwrite', OVERWRITE)
    .action(async (version: number | undefined, { overwrite }: { overwrite?: boolean }) => {
      const request = present({ version: version === undefined ? undefined : BigInt(version), overwrite });
      await show(invocation, await invocation.call((client, options) => client.config.rollbackConfig(request, options)));
    });
}

async function readConfig(invocation: Invocation, file: string): Promise<{ text: string; name: string }> {
  try {
    if (file !== '-') return { text: await readFile(file, 'utf8'), name: file };
    const chunks: Buffer[] = [];
    for await (const chunk of invocation.io.stdin) chunks.push(Buffer.from(chunk));
    return { text: Buffer.concat(chunks).toString('utf8'), name: 'standard input' };
  } catch (error) {
    throw usageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function check(invocation: Invocation, request: { text: string; name: string }): Promise<void> {
  const { errors, warnings } = await invocation.call((client, options) => client.config.checkConfig(request, options));
  const json = ({ code, line, column, path, message }: (typeof errors)[number]) => ({ code, line, column, path, message });
  if (invocation.isJson) await invocation.printJson({ ok: errors.length === 0, errors: errors.map(json), warnings: warnings.map(json) });
  else {
    await invocation.print(
      ...errors.map(({ message }) => `${invocation.style('red', 'error:')} ${printable(message)}`),
      ...warningLines(invocation, warnings),
      ...(errors.length === 0 ? [`${invocation.style('green', '✓')} ${printable(request.name)}: ok`] : []),
    );
  }
  if (errors.length > 0) throw new CliError(ExitCode.Refused, `${request.name}: ${counted(errors.length, 'error')}`);
}

interface Shown {
  readonly changes: readonly ConfigChange[];
  readonly summary: string;
  readonly warnings?: readonly { readonly message: string }[];
  readonly version?: bigint;
}

async function show(invocation: Invocation, { changes, summary, warnings = [], version }: Shown): Promise<void> {
  if (invocation.isJson) {
    const number = version === undefined ? {} : { version: Number(version) };
    return invocation.printJson({ changes: changes.map(changeJson), summary, warnings: warnings.map(({ message }) => message), ...number });
  }
  const now = version === undefined || version === 0n ? '' : `; version ${version} is in effect`;
  await invocation.print(
    ...changes.map((change) => invocation.style(formatOf(change), printable(change.text))),
    ...warningLines(invocation, warnings),
    printable(`${summary}${now}`),
  );
}

function warningLines(invocation: Invocation, warnings: readonly { readonly message: string }[]): string[] {
  return warnings.map(({ message }) => `${invocation.style('yellow', 'warning:')} ${printable(message)}`);
}

/** What interrupts traffic stands out. */
function formatOf({ type, effects }: ConfigChange): Format {
  if (effects.includes(Effect.RESTART) || (effects.includes(Effect.SESSION) && type !== Type.ADDED)) return 'red';
  return type === Type.ADDED ? 'green' : effects.every((effect) => effect === Effect.NOTHING) ? 'dim' : 'yellow';
}

const TYPES: Readonly<Record<Type, string>> = {
  [Type.UNSPECIFIED]: 'unknown',
  [Type.ADDED]: 'added',
  [Type.REMOVED]: 'removed',
  [Type.CHANGED]: 'changed',
};

const EFFECTS: Readonly<Record<Effect, string>> = {
  [Effect.UNSPECIFIED]: 'unknown',
  [Effect.NOTHING]: 'nothing',
  [Effect.IMPORT]: 'import',
  [Effect.EXPORT]: 'export',
  [Effect.STREAM]: 'stream',
  [Effect.SESSION]: 'session',
  [Effect.ROUTES]: 'routes',
  [Effect.DECISION]: 'decision',
  [Effect.VALIDATION]: 'validation',
  [Effect.LISTENER]: 'listener',
  [Effect.PROCESS]: 'process',
  [Effect.RESTART]: 'restart',
};

function changeJson({ section, subject, type, keys, effects, text }: ConfigChange): object {
  return { section, subject, type: TYPES[type], keys, effects: effects.map((effect) => EFFECTS[effect]), text };
}

function versionJson({ number, at, comment, current }: ConfigVersion): object {
  return { number: Number(number), at: date(at), comment, current };
}

/** `*  12  2026-11-20 14:02:59  neighbor 192.0.2.1 added` */
function versionLine({ number, at, comment, current }: ConfigVersion, width: number, { style }: Invocation): string {
  const when = date(at);
  const columns = [String(number).padStart(width), when === undefined ? '' : style('dim', dateTime(when)), printable(comment)];
  return `${current ? style('green', '*') : ' '} ${columns.join('  ')}`;
}
