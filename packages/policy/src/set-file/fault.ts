/** Something wrong in a file of sets. */
export class SetFileFault extends Error {
  override readonly name = 'SetFileFault';
  /** Counts from 1; 0 is the file as a whole. */
  readonly line: number;
  readonly found: string;
  /** Empty where nothing helpful can be said. */
  readonly allowed: string;

  constructor(line: number, found: string, allowed: string) {
    super(`found ${found}${allowed === '' ? '' : `, allowed ${allowed}`}`);
    this.line = line;
    this.found = found;
    this.allowed = allowed;
  }
}
