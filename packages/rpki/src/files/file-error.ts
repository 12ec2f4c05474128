/** What is wrong in a file of an operator: place, what was found, what is allowed, an example. */
export class RpkiFileError extends Error {
  override readonly name = 'RpkiFileError';
  readonly file: string;
  /** From 1 on; undefined when the file could not be read at all. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** JSON pointer (RFC 6901) of the value: "/roas/3/prefix". */
  readonly pointer: string | undefined;

  constructor(
    file: string,
    text: string,
    place?: { readonly line: number; readonly column: number; readonly pointer: string },
    cause?: unknown,
  ) {
    const where = place === undefined ? file : `${file}:${place.line}:${place.column}${place.pointer === '' ? '' : ` ${place.pointer}`}`;
    super(`${where}: ${text}`, { cause });
    this.file = file;
    this.line = place?.line;
    this.column = place?.column;
    this.pointer = place?.pointer;
  }
}
