/**
 * The policies that neighbors name, as the RIB asks for them. Policies with the same content are one object, so that hundreds of neighbors with the
 * same chain share one, and a configuration that changes nothing of a chain changes nothing in the RIB.
 *
 * `use` takes the sections of another configuration: all of them or nothing.
 */
import {
  BUILT_IN_POLICIES,
  type ChainLink,
  compileChain,
  formatFault,
  formatPath,
  formatProblem,
  type PolicyDefinition,
  PolicyEngine,
  PolicyError,
  type PolicySections,
  readPolicies,
  type ScriptFault,
} from '@tsbgp/policy';
import type { ExportPolicy, ImportPolicy } from '@tsbgp/rib';
import type { Family } from '@tsbgp/wire';
import { ControlError } from '../control-plane.ts';
import { parsePolicyChain } from '../keys/policy-chain.ts';
import type { Chain, FamilyChains } from './chains.ts';
import { AdaptedExport } from './export-policy.ts';
import { AdaptedImport } from './import-policy.ts';
import { type LoadedScript, ScriptFiles } from './script-files.ts';

export interface PoliciesOptions {
  /** A policy in TypeScript went wrong at a place: once for each. */
  readonly onFault: (text: string, fault: ScriptFault) => void;
  /** A version of a file cannot be loaded, and the one before stays in use. */
  readonly onKept: (text: string) => void;
}

/** What becomes of routes: without `policy` all are accepted, or none. */
export interface Resolved<P> {
  readonly accepts: boolean;
  readonly policy: P | undefined;
}

type Direction = 'import' | 'export';
/** What happens where a neighbor has no chain. */
export type Fallback = 'accept-all' | 'deny-all';

const ACCEPTED: Resolved<never> = { accepts: true, policy: undefined };
const DENIED: Resolved<never> = { accepts: false, policy: undefined };

/** One configuration's policies. */
interface Generation {
  readonly definitions: ReadonlyMap<string, PolicyDefinition>;
  readonly scripts: ReadonlyMap<string, LoadedScript>;
  /** Chains that were compiled, by direction and names. */
  readonly chains: Map<string, Chain>;
  readonly imports: Map<string, Resolved<ImportPolicy>>;
  readonly exports: Map<string, Resolved<ExportPolicy>>;
}

export class Policies {
  readonly #options: PoliciesOptions;
  readonly #engine: PolicyEngine = new PolicyEngine();
  readonly #files: ScriptFiles = new ScriptFiles();
  #generation: Generation = newGeneration(new Map(), new Map());
  /** By the content of chains: the object for it. A policy that no neighbor has any more goes. */
  readonly #imports: Map<string, WeakRef<ImportPolicy>> = new Map();
  readonly #exports: Map<string, WeakRef<ExportPolicy>> = new Map();
  /** Chains with a policy in TypeScript, by content. */
  readonly #scriptChains: Map<string, WeakRef<Chain>> = new Map();
  readonly #numbers: WeakMap<object, number> = new WeakMap();
  #numbered = 0;

  constructor(options: PoliciesOptions) {
    this.#options = options;
  }

  /**
   * These sections from now on; relative names of files begin in `folder`. Rejects with ControlError where a file cannot be loaded and no version of
   * it is in use; then nothing has changed.
   */
  async use(sections: PolicySections, folder: string): Promise<void> {
    const { policies, scripts, problems } = readPolicies(sections, { pool: this.#engine.prefixSets });
    const [problem] = problems;
    if (problem !== undefined) throw new ControlError('invalid-argument', formatPath(problem.path), formatProblem(problem));
    const loaded = new Map<string, LoadedScript>();
    for (const [name, file] of scripts) {
      const { script, failure } = await this.#files.load(file, folder);
      if (script === undefined) throw new ControlError('invalid-argument', `policies.${name}.file`, failure ?? `${file} cannot be loaded`);
      if (failure !== undefined) this.#options.onKept(`policy ${name}: ${failure}; the version before stays in use`);
      loaded.set(name, script);
    }
    this.#generation = newGeneration(policies, loaded);
    for (const objects of [this.#imports, this.#exports, this.#scriptChains]) {
      for (const [content, object] of objects) if (object.deref() === undefined) objects.delete(content);
    }
  }

  /** What becomes of routes from a neighbor with this chain (keys/policy-chain.ts). */
  import(text: string | undefined, fallback: Fallback): Resolved<ImportPolicy> {
    const make = (chains: FamilyChains): ImportPolicy => new AdaptedImport(chains);
    return this.#resolved(this.#generation.imports, this.#imports, text ?? fallback, fallback, 'import', make);
  }

  /** What becomes of routes to a neighbor with this chain. */
  export(text: string | undefined, fallback: Fallback): Resolved<ExportPolicy> {
    const make = (chains: FamilyChains): ExportPolicy => new AdaptedExport(chains);
    return this.#resolved(this.#generation.exports, this.#exports, text ?? fallback, fallback, 'export', make);
  }

  #resolved<P extends object>(
    known: Map<string, Resolved<P>>,
    objects: Map<string, WeakRef<P>>,
    text: string,
    fallback: Fallback,
    direction: Direction,
    make: (chains: FamilyChains) => P,
  ): Resolved<P> {
    const plain = plainChain(text);
    if (plain !== undefined) return plain;
    const key = `${text} ${fallback}`;
    let resolved = known.get(key);
    if (resolved !== undefined) return resolved;
    const chains = this.#chainsOf(text, fallback, direction);
    const content = this.#contentOf(chains);
    let policy = objects.get(content)?.deref();
    if (policy === undefined) {
      policy = make(chains);
      objects.set(content, new WeakRef(policy));
    }
    resolved = { accepts: true, policy };
    known.set(key, resolved);
    return resolved;
  }

  #chainsOf(text: string, fallback: Fallback, direction: Direction): FamilyChains {
    const chain = parsePolicyChain(text);
    if ('all' in chain) return { byFamily: new Map(), rest: this.#chain(chain.all, direction) };
    const compiled = Array.from(chain.byFamily, ([family, names]): [Family, Chain] => [family, this.#chain(names, direction)]);
    return { byFamily: new Map(compiled), rest: this.#chain([fallback], direction) };
  }

  /** Which policies decide, as text: by family, the numbers of the compiled chains. */
  #contentOf({ byFamily, rest }: FamilyChains): string {
    const parts = [...byFamily].sort(([a], [b]) => a - b).map(([family, chain]) => `${family}:${this.#numberOf(chain)}`);
    return [...parts, this.#numberOf(rest)].join(' ');
  }

  /** The compiled chain of these names. Names that are not there reject everything: the neighbor is about to get another chain, or to go. */
  #chain(names: readonly string[], direction: Direction): Chain {
    const { chains, definitions, scripts } = this.#generation;
    const key = `${direction} ${names.join(' ')}`;
    let known = chains.get(key);
    if (known === undefined) {
      const links = names.map((name): ChainLink => scripts.get(name) ?? definitions.get(name) ?? BUILT_IN_POLICIES.get(name) ?? DENY_ALL);
      known = this.#compile(links, direction, definitions);
      chains.set(key, known);
    }
    return known;
  }

  #compile(links: readonly ChainLink[], direction: Direction, library: ReadonlyMap<string, PolicyDefinition>): Chain {
    const compile = (): Chain =>
      compileChain(this.#engine, links, {
        direction,
        default: 'reject',
        library,
        now: () => performance.now(),
        onFault: (fault) => this.#options.onFault(formatFault(fault), fault),
      });
    try {
      if (!links.some((link) => 'definition' in link)) return compile();
      const content = [direction, ...links.map((link) => this.#contentOfLink(link, library))].join(' ');
      const known = this.#scriptChains.get(content)?.deref();
      if (known !== undefined) return known;
      const made = compile();
      this.#scriptChains.set(content, new WeakRef(made));
      return made;
    } catch (error) {
      // One policy alone was compiled when the configuration was read; several together may be too much.
      if (!(error instanceof PolicyError)) throw error;
      throw new ControlError('invalid-argument', 'policies', error.message, { cause: error });
    }
  }

  #contentOfLink(link: ChainLink, library: ReadonlyMap<string, PolicyDefinition>): string {
    if ('definition' in link) return `${link.file}@${(link as LoadedScript).version}`;
    return String(this.#numberOf(this.#engine.compile({ policies: [link], default: 'accept', library })));
  }

  /** The same object has the same number. */
  #numberOf(object: object): number {
    let number = this.#numbers.get(object);
    if (number === undefined) this.#numbers.set(object, (number = ++this.#numbered));
    return number;
  }
}

const DENY_ALL = BUILT_IN_POLICIES.get('deny-all')!;

function newGeneration(definitions: ReadonlyMap<string, PolicyDefinition>, scripts: ReadonlyMap<string, LoadedScript>): Generation {
  return { definitions, scripts, chains: new Map(), imports: new Map(), exports: new Map() };
}

/** Chains that look at nothing need no policy. */
function plainChain(text: string): Resolved<never> | undefined {
  if (text === 'accept-all') return ACCEPTED;
  return text === 'deny-all' ? DENIED : undefined;
}
