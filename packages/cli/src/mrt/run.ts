/** `tsbgp mrt` after its command line was read: all files, their output, what was wrong with them. */
import { createWriteStream, statSync, type WriteStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { finished } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import { CliError, ExitCode, usageError } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { type Output, outputOf } from '../terminal/io.ts';
import { ProgressBar } from '../terminal/progress.ts';
import { counted } from '../terminal/units.ts';
import type { MrtOptions } from './options.ts';
import { processInWorkers } from './parallel.ts';
import { processInParts } from './parts.ts';
import { type FileResult, type FileStreams, processFile } from './process-file.ts';
import { type Summary, sumOf } from './summary.ts';
import { summaryLines } from './summary-view.ts';

/** A file that is at least so long, as it is packed, is processed in several threads: for a shorter one it is not worth starting them. */
const PARTS_OCTETS_MIN = 4 << 20;

/** Throws CliError when something could not be read, after everything else was done. */
export async function runMrt(invocation: Invocation, files: readonly string[], options: MrtOptions): Promise<void> {
  const { io } = invocation;
  if (options.summary === true && options.output !== undefined) throw usageError('--summary and --output do not go together');
  const inputs = files.filter((file) => file === '-').length;
  if (inputs > 1) throw usageError('- stands for standard input, which can be read once');
  const target = options.output === undefined ? undefined : openTarget(options.output, files);
  const progress = new ProgressBar(io.stderr, files.length, totalSize(files));
  const showsProgress = !io.stdout.isTerminal || target !== undefined || options.summary === true;
  const summaries: Summary[] = [];
  const problems = { damaged: 0, unreadable: 0 };
  const streams: FileStreams = {
    write: (chunk) => (target?.output ?? io.stdout).write(chunk),
    onRead: (octets) => {
      if (showsProgress) progress.add(octets);
    },
    signal: io.signal,
    stdin: io.stdin,
  };
  const onResult = async (path: string, result: FileResult): Promise<void> => {
    const isNamed = files.length > 1 || result.isUnreadable === true;
    await progress.clear();
    const lines = problemLines(isNamed ? `${path}: ` : '', result);
    if (lines.length > 0) await io.stderr.write(lines.map((line) => `${invocation.errorStyle('yellow', 'tsbgp:')} ${line}\n`).join(''));
    if (result.isUnreadable === true) problems.unreadable++;
    else if (lines.length > 0) problems.damaged++;
    if (result.summary !== undefined) summaries.push(result.summary);
  };

  const jobs = options.jobs ?? availableParallelism();
  if (jobs > 1 && files.length > 1 && inputs === 0) await processInWorkers(files, Math.min(jobs, files.length), options, streams, onResult);
  else {
    for (const file of files) {
      const inParts = jobs > 1 && (file === '-' || sizeOf(file) >= PARTS_OCTETS_MIN);
      await onResult(file, inParts ? await processInParts(file, jobs, options, streams) : await processFile(file, options, streams));
    }
  }
  await progress.clear();
  await target?.end();
  if (options.summary === true && summaries.length > 0) {
    const sum = sumOf(summaries);
    if (invocation.isJson || options.format === 'json') await invocation.printJson(sum);
    else await invocation.print(...summaryLines(sum, invocation.view()));
  }
  if (problems.unreadable > 0) throw usageError(`${counted(problems.unreadable, 'file')} could not be read`);
  if (problems.damaged > 0) throw new CliError(ExitCode.Refused, `${counted(problems.damaged, 'file is', 'files are')} damaged or cut off`);
}

function problemLines(prefix: string, { damages, damageCount, failure }: FileResult): string[] {
  const lines = damages.map(({ offset, length, reason }) => `${prefix}octet ${offset}: ${reason}; ${counted(length, 'octet')} left out`);
  if (damageCount > damages.length) lines.push(`${prefix}${counted(damageCount - damages.length, 'more place')} with damage`);
  if (failure !== undefined) lines.push(`${prefix}${failure}`);
  return lines;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Octets of all files together; undefined when one is no file. */
function totalSize(files: readonly string[]): number | undefined {
  let total = 0;
  for (const file of files) {
    const stat = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) return undefined;
    total += stat.size;
  }
  return total;
}

/** The file that is written, packed as its name says. */
function openTarget(path: string, inputs: readonly string[]): { readonly output: Output; readonly end: () => Promise<void> } {
  if (inputs.includes(path)) throw usageError(`${path} is read; --output needs another file`, 'e.g. --output cut.mrt.gz');
  const file: WriteStream = createWriteStream(path);
  let failure: Error | undefined;
  file.once('error', (error) => {
    failure = error;
  });
  const packer = path.endsWith('.gz') ? createGzip() : path.endsWith('.zst') ? createZstdCompress() : undefined;
  packer?.pipe(file);
  const output = outputOf(packer ?? file);
  const check = (): void => {
    if (failure !== undefined) throw usageError(`${path} cannot be written: ${failure.message}`);
  };
  return {
    output: {
      isTerminal: false,
      columns: Number.POSITIVE_INFINITY,
      async write(chunk) {
        check();
        await output.write(chunk);
      },
    },
    async end() {
      (packer ?? file).end();
      await finished(file).catch(() => {});
      check();
    },
  };
}
