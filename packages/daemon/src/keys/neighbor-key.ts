/** The row of a neighbor's key: everything that the daemon, its documentation and the command line know about it. */
import type { Descriptor } from './fields.ts';

/** Where a key may be written. */
export type Scope = 'defaults' | 'group' | 'neighbor';

/** What a change of the value touches in a running daemon. */
export type OnChange = 'nothing' | 'import' | 'export' | 'stream' | 'session';

/** A value as it was read: the refused items of a list are undefined. */
export type ReadValue<T> = T extends readonly (infer Item)[] ? (Item | undefined)[] : Exclude<T, undefined>;

/** `T` is the type of the value, `Name` the names of fields. */
export interface NeighborKey<T, Name extends string = string> {
  /** Its name in the configuration file. */
  readonly key: string;
  /** Reads and documents the value. */
  readonly value: Descriptor<ReadValue<T>>;
  /** Applies where no section has the key. A function computes it from the neighbor's address. @default undefined */
  readonly default?: T | ((address: string) => T);
  /** @default everywhere */
  readonly scopes?: readonly Scope[];
  readonly onChange: OnChange;
  /** Words of the reference that differ in `defaults`. */
  readonly inDefaults?: { readonly about: string; readonly standard: string };
  /** Only an eBGP neighbor may have the key. The text is what the error names as allowed. */
  readonly ebgpOnly?: string;
  /** Only an iBGP neighbor may have the key. The text is what the error names as allowed. */
  readonly ibgpOnly?: string;
  /** A neighbor of another AS of our confederation may not have the key either. @default false */
  readonly outsideOnly?: boolean;
  /** Only a neighbor that has this other key may have the key. The texts are what the error says. */
  readonly requires?: { readonly name: Name; readonly because: string; readonly allowed: string };
  /** Only a client of a route server may have the key. @default false */
  readonly clientOnly?: boolean;
  /** A neighbor may not have both this flag and that one. `allowed` is what the error names as allowed. */
  readonly excludes?: { readonly name: Name; readonly allowed: string };
  /**
   * The key has an effect only where one of these others has one of these values; without `values`, any. `text` says what is missing.
   * @default always
   */
  readonly needs?: { readonly names: readonly Name[]; readonly values?: readonly unknown[]; readonly text: string };
  /** A shorthand: the key is no field, it sets these fields. */
  readonly sets?: readonly Name[];
  /** The option of `tsbgp neighbor add`. Without one the value is an argument. */
  readonly option?: KeyOption;
  /** What other daemons call the key, separated by blanks. */
  readonly foreign?: string;
}

interface KeyOption {
  /** Its name, and a name for its value: `--port <number>`. */
  readonly flags: string;
  readonly help: string;
  /** @default false */
  readonly required?: boolean;
  /** It sets the field to false. @default false */
  readonly negated?: boolean;
}
