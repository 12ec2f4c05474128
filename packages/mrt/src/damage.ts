/** What is wrong in an MRT file, as values: readers report it and go on. */

/** Octets of the file that are no record, or a record whose content makes no sense. */
export class MrtDamage {
  /** Where the octets begin, counted from the beginning of the (unpacked) file. */
  readonly offset: number;
  /** How many octets are left out. */
  readonly length: number;
  /** One sentence for logs and people. */
  readonly reason: string;

  constructor(offset: number, length: number, reason: string) {
    this.offset = offset;
    this.length = length;
    this.reason = reason;
  }
}
