/**
 * The parts that a running daemon is made of. They are loaded only when a daemon is to run, so that `tsbgpd --check` stays quick. Tests
 * use other parts.
 */
import type { createApiServer } from './api-server/api-server.ts';
import type { Speaker, SpeakerOptions } from './speaker/speaker.ts';

export interface Parts {
  readonly createSpeaker: (options: SpeakerOptions) => Speaker;
  readonly createApiServer: typeof createApiServer;
  /** Path of the API socket when the configuration names none; undefined where no path is writable. */
  readonly defaultSocketPath: () => string | undefined;
}

export async function loadParts(): Promise<Parts> {
  const api = await import('./api-server/api-server.ts');
  const { Speaker } = await import('./speaker/speaker.ts');
  const { creatableSocketPath } = await import('@tsbgp/api');
  return {
    createSpeaker: (options) => new Speaker(options),
    createApiServer: api.createApiServer,
    defaultSocketPath: () => creatableSocketPath(),
  };
}
