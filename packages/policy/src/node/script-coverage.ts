/**
 * Which lines of policy files were run, as V8 counts it. For tests: while it counts, functions run slower.
 */
import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';

/** Lines of one file that hold code inside functions, and which of them were not run. Lines count from 1. */
export interface CoveredLines {
  readonly lines: number;
  readonly notRun: readonly number[];
}

interface ScriptRanges {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
  }[];
}

/** Counts from its construction to `stop`. Functions that were compiled before are counted too. */
export class ScriptCoverage {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Of the files with these addresses; a file that was not loaded is left out. */
  of(urls: Iterable<string>): Map<string, CoveredLines> {
    const { result } = this.#post('Profiler.takePreciseCoverage') as { readonly result: readonly ScriptRanges[] };
    const found = new Map<string, CoveredLines>();
    for (const url of urls) {
      const script = result.find((one) => one.url.replace(/\?.*$/, '') === url);
      if (script !== undefined) found.set(url, linesOf(script, readFileSync(fileURLToPath(url), 'utf8')));
    }
    return found;
  }

  stop(): void {
    this.#session.disconnect();
  }

  /** The inspector of one's own thread answers before `post` returns. */
  #post(method: string, params: object = {}): unknown {
    let answer: unknown;
    let failure: Error | null = null;
    this.#session.post(method, params, (error, result) => {
      failure = error;
      answer = result;
    });
    if (failure !== null) throw failure;
    return answer;
  }
}

/** A line counts as run where some character of its code was. Types were replaced by blanks, so that places are those of the file. */
function linesOf({ functions }: ScriptRanges, text: string): CoveredLines {
  const NOT_COUNTED = -1;
  const counts = new Int32Array(text.length).fill(NOT_COUNTED);
  // The first range of a function is all of it; inner ranges, and inner functions, come later and are more exact.
  for (const { functionName, ranges } of functions) {
    const isModule = functionName === '' && ranges[0]?.startOffset === 0;
    if (isModule) continue;
    for (const { startOffset, endOffset, count } of ranges) counts.fill(count, startOffset, endOffset);
  }
  let lines = 0;
  const notRun: number[] = [];
  let at = 0;
  let isInComment = false;
  for (const [index, line] of text.split('\n').entries()) {
    const code = codeOf(line, isInComment);
    isInComment = code.isInComment;
    const ran = [...code.columns].map((column) => counts[at + column]!).filter((count) => count !== NOT_COUNTED);
    if (ran.length > 0) {
      lines++;
      if (ran.every((count) => count === 0)) notRun.push(index + 1);
    }
    at += line.length + 1;
  }
  return { lines, notRun };
}

/** Columns of a line with code: not blank, no comment, more than brackets. */
function codeOf(line: string, wasInComment: boolean): { readonly columns: number[]; readonly isInComment: boolean } {
  const columns: number[] = [];
  let isInComment = wasInComment;
  for (let column = 0; column < line.length; column++) {
    const two = line.slice(column, column + 2);
    if (isInComment) {
      if (two === '*/') {
        isInComment = false;
        column++;
      }
    } else if (two === '/*') isInComment = true;
    else if (two === '//') break;
    else if (!/[\s{}()[\];,]/.test(line[column]!)) columns.push(column);
  }
  return { columns, isInComment };
}
