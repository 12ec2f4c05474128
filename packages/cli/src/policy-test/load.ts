/** Loads a file of tests, and the policies that it is about: from the file itself, from configurations, and from files in TypeScript. */
import { dirname, join } from 'node:path';
import {
  formatLoadFailure,
  formatPath,
  type PolicyDefinition,
  type PolicyTest,
  type Problem,
  readPolicies,
  readPolicyTestFile,
  ScriptLoader,
  type ScriptPart,
} from '@tsbgp/policy';
import { importScript, SetFiles, scriptAddress } from '@tsbgp/policy/node';
import { CliError, ExitCode } from '../exit-code.ts';
import { YamlFile } from './yaml-file.ts';

/** What a file of tests needs to be run. */
export interface LoadedTests {
  readonly name: string;
  readonly tests: readonly PolicyTest[];
  readonly policies: ReadonlyMap<string, PolicyDefinition>;
  readonly scripts: ReadonlyMap<string, ScriptPart & { readonly shown: string }>;
  readonly written: Readonly<Record<string, unknown>>;
  /** `tsbgpd.yaml:14:10 policies.in: no route comes here: …` */
  readonly warnings: readonly string[];
  /** The place of something in the file, or in one of the configurations. */
  readonly placeOf: (path: readonly (string | number)[]) => string;
}

/** Where nothing says our AS number, conditions on it are not what is tested. */
const LOCAL_AS_DEFAULT = 64_512;

type Mapping = Readonly<Record<string, unknown>>;

/** Throws CliError with every mistake. */
export async function loadTests(name: string): Promise<LoadedTests> {
  const file = new YamlFile(name);
  const frame = readPolicyTestFile(file.value);
  const folder = dirname(name);
  const configs = frame.config.map((config) => new YamlFile(join(folder, config)));
  const files = [file, ...configs];
  const placeOf = (path: readonly (string | number)[]): string => {
    return files.map((one) => one.placeOf(path)).find((place) => place !== undefined) ?? name;
  };
  const resolved = files.map(({ name: home, value }) => new SetFiles(dirname(home)).resolve(section(value, 'sets')));
  const sets = mergedSets(resolved.map((one) => one.sets as Mapping));
  const written: Mapping = Object.assign({}, ...files.map(({ value }) => section(value, 'policies')).toReversed());
  const localAs = frame.localAs ?? configs.map(({ value }) => section(value, 'global')['as']).find((as) => typeof as === 'number');
  const policies = readPolicies({ sets, policies: written });
  const read = frame.read(typeof localAs === 'number' ? localAs : LOCAL_AS_DEFAULT);
  const problems = [...resolved.flatMap((one) => one.problems), ...policies.problems, ...read.problems];
  const failures = problems.map((problem) => sentence(problem, placeOf(problem.path)));
  const scripts = new Map<string, ScriptPart & { readonly shown: string }>();
  for (const [policy, script] of policies.scripts) {
    const home = files.find(({ value }) => Object.hasOwn(section(value, 'policies'), policy)) ?? file;
    const url = scriptAddress(script, dirname(home.name));
    const loaded = await new ScriptLoader({ url, importModule: importScript }).load();
    if (loaded.type === 'loaded')
      scripts.set(policy, { definition: loaded.definition, file: url, shown: join(dirname(home.name), script) });
    else failures.push(formatLoadFailure(loaded));
  }
  if (failures.length > 0)
    throw new CliError(ExitCode.Usage, `${name}: ${failures.length === 1 ? 'one mistake' : `${failures.length} mistakes`}`, failures);
  const warnings = policies.warnings.map(({ path, steps, text }) => `${placeOf(steps)} ${path}: ${text}`);
  return { name, tests: read.tests, policies: policies.policies, scripts, written, warnings, placeOf };
}

function section(value: unknown, key: string): Mapping {
  const found = (value as Mapping | null)?.[key];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Mapping) : {};
}

/** Sets of all files by kind and name; those of the first file win. */
function mergedSets(all: readonly Mapping[]): Mapping {
  const merged: Record<string, unknown> = {};
  for (const sets of all.toReversed()) {
    for (const [kind, named] of Object.entries(sets))
      merged[kind] = { ...(merged[kind] as object | undefined), ...(named as object | null) };
  }
  return merged;
}

function sentence({ path, found, allowed, example }: Problem, place: string): string {
  const rest = `${allowed === '' ? '' : `, allowed ${allowed}`}${example === '' ? '' : `, e.g. "${example}"`}`;
  return `${place} ${formatPath(path)}: found ${found}${rest}`;
}
