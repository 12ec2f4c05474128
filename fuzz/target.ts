/** What is fuzzed, and with which seeds. A module for `--targets` exports `targets`, and may export `seeds`. */

/**
 *     message        one message with its header
 *     attributes     a block of path attributes
 *     nlri           an octet that selects the family, an octet of which bit 0 says ADD-PATH, NLRI
 *     capabilities   the value of an OPEN's capabilities parameter
 *     community      octets; each kind of community takes as many as it has
 *     configuration  the text of a file of ExaBGP's
 *     command        lines as a program of ExaBGP's writes them
 */
export type Kind = 'message' | 'attributes' | 'nlri' | 'capabilities' | 'community' | 'configuration' | 'command';

export interface Target {
  readonly name: string;
  readonly kind: Kind;
  /** How often it is chosen, relative to the others. */
  readonly weight: number;
  /**
   * Reads `bytes[start, end)`; the octets around it are noise that must not matter. Throws when something is wrong. With `deep` it also does what
   * is too slow for every input: it writes, prints and reads back what was decoded. Returns a number that identifies the kind of result.
   */
  run(bytes: Uint8Array, start: number, end: number, deep: boolean): number;
}

export interface Seed {
  readonly kind: Kind;
  readonly bytes: Uint8Array;
}
