/** The reasons that import policies name for rejecting routes, each with a code that path columns hold. */
import { codeOf, FIRST_POLICY_REASON, POLICY_REASONS_MAX, type ReasonCode } from '../filter-reason.ts';

const IMPORT_POLICY = codeOf('import-policy');

export class PolicyReasons {
  readonly #texts: string[] = [];
  readonly #codes: Map<string, ReasonCode> = new Map();

  /**
   * The code of a reason. Where none is named, or POLICY_REASONS_MAX other ones have been since the start, it is that of `import-policy`: routes
   * are rejected all the same, and their reason is not told apart.
   */
  codeOf(reason: string | undefined): ReasonCode {
    if (reason === undefined) return IMPORT_POLICY;
    const known = this.#codes.get(reason);
    if (known !== undefined) return known;
    if (this.#texts.length === POLICY_REASONS_MAX) return IMPORT_POLICY;
    const code = (FIRST_POLICY_REASON + this.#texts.push(reason) - 1) as ReasonCode;
    this.#codes.set(reason, code);
    return code;
  }

  /** What a policy named; undefined for other codes. */
  readonly textOf = (code: ReasonCode): string | undefined => this.#texts[code - FIRST_POLICY_REASON];

  /** Of `counts`, which are by code, those of reasons that policies named. */
  *counted(counts: ArrayLike<number>): Iterable<{ readonly reason: string; readonly count: number }> {
    for (const [at, reason] of this.#texts.entries()) {
      const count = counts[FIRST_POLICY_REASON + at] ?? 0;
      if (count > 0) yield { reason, count };
    }
  }
}
