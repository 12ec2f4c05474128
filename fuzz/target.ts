/** What is fuzzed, and with what. A module for `--targets` exports `targets`, and may export `seeds`. */

/**
 *     message        one message with its header
 *     attributes     a block of path attributes
 *     nlri           an octet that selects the family, an octet of which bit 0 says ADD-PATH, NLRI
 *     capabilities   the value of an OPEN's capabilities parameter
 *     community      octets; each kind of community takes as many as it has
 */
export type Kind = 'message' | 'attributes' | 'nlri' | 'capabilities' | 'community';

export interface Target {
  readonly name: string;
  readonly kind: Kind;
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  /**
   * Reads `bytes[start, end)`; what lies around it is noise that must not matter. Throws when something is wrong. `deep` asks for what is
   * too slow for every input: write, print and read back what was decoded. Returns a number that differs where the input led elsewhere.
   */
  run(bytes: Uint8Array, start: number, end: number, deep: boolean): number;
}

export interface Seed {
  readonly kind: Kind;
  readonly bytes: Uint8Array;
}
