/**
 * Loads a policy file, and loads it again. A version that cannot be loaded leaves the one before in place, and says in which line it is
 * wrong.
 *
 * A runtime keeps every module that it loaded. Each load has an address of its own, `policy.ts?version=2`; the memory of old versions is
 * not given back, a few kilobytes each. Files that the policy imports are loaded once: what changes in them is seen after a restart, or
 * when the policy imports them with another address.
 */
import { definitionProblem, type ScriptDefinition } from './define.ts';
import { placeOf, type ScriptPlace } from './faults.ts';

/** What came of loading. */
export type LoadResult =
  | { readonly type: 'loaded'; readonly definition: ScriptDefinition; readonly version: number }
  /** The definition before, if there was one, stays in use. */
  | ({ readonly type: 'failed'; readonly message: string; readonly cause: unknown } & ScriptPlace);

/** Where the file is, and how the host imports it. */
export interface LoaderOptions {
  /** Address of the file, e.g. `file:///etc/tsbgp/policy.ts`. */
  readonly url: string;
  /** `(url) => import(url)` of the host. */
  readonly importModule: (url: string) => Promise<unknown>;
}

/** A policy file, and its version in use. */
export class ScriptLoader {
  /** What is in use; undefined before the first load that succeeded. */
  definition: ScriptDefinition | undefined;
  /** Of `definition`. 0: none was loaded. */
  version = 0;
  readonly #options: LoaderOptions;
  #attempts = 0;
  #last: Promise<LoadResult> | undefined;

  constructor(options: LoaderOptions) {
    this.#options = options;
  }

  /** Loads the file as it is now. Loads run one after the other, so that the last one asked for wins. Never rejects. */
  load(): Promise<LoadResult> {
    const next = (this.#last ?? Promise.resolve()).then(() => this.#load());
    this.#last = next;
    return next;
  }

  async #load(): Promise<LoadResult> {
    const { url, importModule } = this.#options;
    const version = ++this.#attempts;
    try {
      const module = (await importModule(`${url}${url.includes('?') ? '&' : '?'}version=${version}`)) as { readonly default?: unknown };
      const problem = definitionProblem(module.default);
      if (problem !== undefined) return { type: 'failed', message: problem, file: url, line: 0, column: 0, cause: undefined };
      this.definition = module.default as ScriptDefinition;
      this.version = version;
      return { type: 'loaded', definition: this.definition, version };
    } catch (error) {
      return { type: 'failed', message: error instanceof Error ? error.message : String(error), ...placeOf(error, url), cause: error };
    }
  }
}

/** `file:///etc/tsbgp/policy.ts:14:9: Unexpected token '}'` */
export function formatLoadFailure({ message, file, line, column }: Extract<LoadResult, { type: 'failed' }>): string {
  const place = line === 0 ? file : `${file}:${line}${column === 0 ? '' : `:${column}`}`;
  return `${place}: ${message}`;
}
