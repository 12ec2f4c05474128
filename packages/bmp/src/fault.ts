/** What is wrong with octets of BMP, as a value: decoders return it and never throw. */
export class BmpFault {
  /** One sentence for logs and people. */
  readonly reason: string;
  /** The stream cannot be read any further, because it is not known where the next message begins. */
  readonly isFatal: boolean;

  constructor(reason: string, isFatal = false) {
    this.reason = reason;
    this.isFatal = isFatal;
  }
}
