/** The rooms of a daemon that runs: loaded only when one is to run, so that `--check` stays quick. */
import { creatableSocketPath } from '@tsbgp/api';
import { createApiServer } from './api-server/api-server.ts';
import type { Rooms } from './rooms.ts';
import { Speaker } from './speaker/speaker.ts';

export const realRooms: Rooms = {
  createSpeaker: (settings) => new Speaker(settings),
  createApiServer: (control, settings) => createApiServer(control, settings),
  defaultSocketPath: () => creatableSocketPath(),
};
