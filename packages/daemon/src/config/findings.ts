/** Errors and warnings that the rules find in a file. Each has the words and the place of its key. */
import type { PolicyWarning, Problem } from '@tsbgp/policy';
import type { Path } from '../keys/fields.ts';
import { ConfigError, type ConfigErrorCode, type ConfigWarning, type ConfigWarningCode, formatPath } from './config-error.ts';
import { errorAt } from './validate.ts';
import type { YamlSource } from './yaml-source.ts';

export class Findings {
  readonly errors: ConfigError[] = [];
  readonly warnings: ConfigWarning[] = [];
  readonly #source: YamlSource;

  constructor(source: YamlSource) {
    this.#source = source;
  }

  /** `because` follows what was found. @default `allowed`: the words of the key */
  refuse(code: ConfigErrorCode, path: Path, rule: { readonly because?: string | undefined; readonly allowed?: string } = {}): void {
    this.errors.push(errorAt(this.#source, path, code, rule.because, rule.allowed));
  }

  /** `at` is the place that is shown. @default `path` */
  warn(code: ConfigWarningCode, path: Path, text: string, at: Path = path): void {
    this.warnings.push({ code, ...this.#source.placeOf(at), path: formatPath(path), text });
  }

  /** What @tsbgp/policy found, in its words. */
  addProblem({ code, path, found, allowed, example }: Problem): void {
    const place = code === 'unknown-key' ? this.#source.keyPlaceOf(path) : this.#source.placeOf(path);
    this.errors.push(new ConfigError({ code, ...place, path: formatPath(path), found, allowed, example }));
  }

  addPolicyWarning({ code, steps, text }: PolicyWarning): void {
    this.warnings.push({ code, ...this.#source.keyPlaceOf(steps), path: formatPath(steps), text });
  }

  lineOf(path: Path): number {
    return this.#source.placeOf(path).line;
  }

  /** The file has a value at `path`, right or wrong. */
  isWritten(path: Path): boolean {
    return this.#source.foundAt(path) !== 'nothing';
  }
}
