/** The sections of a configuration that are about policy, as plain values. */

/** What a file has in its sections `sets` and `policies`. */
export interface PolicySections {
  readonly sets?: unknown;
  readonly policies?: unknown;
}
