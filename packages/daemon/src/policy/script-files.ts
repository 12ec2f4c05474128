/** Policies in TypeScript: the files that the section `policies` names, loaded, and loaded again when they are others. */
import { formatLoadFailure, type ScriptDefinition, ScriptLoader } from '@tsbgp/policy';
import { importScript, scriptAddress } from '@tsbgp/policy/node';
import { hashOfScript } from './script-hash.ts';

/** A version of a policy file that is loaded. */
export interface LoadedScript {
  readonly definition: ScriptDefinition;
  /** Its address, for places in reports. */
  readonly file: string;
  /** Another one is another policy. */
  readonly version: number;
}

interface Known {
  readonly loader: ScriptLoader;
  /** Of the file when it was loaded last, and what came of that. */
  hash: string;
  failure: string | undefined;
}

export class ScriptFiles {
  /** By address. */
  readonly #known: Map<string, Known> = new Map();

  /**
   * Loads the file, where it is another one than when it was loaded last. `failure`: why it cannot be; the version before is given then, if there
   * is one.
   */
  async load(name: string, folder: string): Promise<{ readonly script: LoadedScript | undefined; readonly failure: string | undefined }> {
    const url = scriptAddress(name, folder);
    let known = this.#known.get(url);
    if (known === undefined) {
      known = { loader: new ScriptLoader({ url, importModule: importScript }), hash: '', failure: undefined };
      this.#known.set(url, known);
    }
    const { loader } = known;
    const hash = hashOfScript(url);
    if (hash === undefined || known.hash !== hash) {
      const result = await loader.load();
      known.hash = hash ?? '';
      known.failure = result.type === 'failed' ? formatLoadFailure(result) : undefined;
    }
    const { definition, version } = loader;
    return { script: definition && { definition, file: url, version }, failure: known.failure };
  }
}
