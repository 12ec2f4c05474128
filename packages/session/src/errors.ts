/** Errors of the caller. What a peer does wrong is never thrown: it ends that peer's session. */

/** The kind of an error; stable. */
export type PeerErrorCode = 'already-exists' | 'not-found' | 'invalid-config' | 'invalid-argument' | 'unsupported' | 'closed';

/** Thrown for an error of the caller, such as a wrong value of an option. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
  readonly code: PeerErrorCode;
  /** The field that is wrong, e.g. `holdTimeSeconds`; empty when it is not about a field. */
  readonly field: string;

  constructor(code: PeerErrorCode, message: string, field = '', options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.field = field;
  }
}

export function serverClosed(): PeerError {
  return new PeerError('closed', 'the server is closed');
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
