/** Speakers for tests, and neighbors for them on loopback. */
import type { Logger } from '@tsbgp/session';
import { IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { Boundaries } from '../src/boundaries.ts';
import type { NeighborConfig } from '../src/control-plane.ts';
import { completeNeighbor } from '../src/keys/neighbor-layers.ts';
import { Speaker, type SpeakerOptions } from '../src/speaker/speaker.ts';

export const QUIET: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A speaker of AS 64512 that logs nothing and does not listen yet. */
export function makeSpeaker(options: Partial<SpeakerOptions> = {}): Speaker {
  const { logger = QUIET } = options;
  return new Speaker({
    localAs: 64_512,
    routerId: '10.0.0.1',
    version: 'test',
    onShutdown: () => undefined,
    logger,
    boundaries: new Boundaries(logger),
    ...options,
  });
}

/** Neighbor 127.0.0.`last` of AS 65000 + `last`: we wait for its connection and accept every route. */
export function makeNeighbor(last: number, more: Partial<NeighborConfig> = {}): NeighborConfig {
  return completeNeighbor({
    address: `127.0.0.${last}`,
    remoteAs: 65_000 + last,
    families: [IPV4_UNICAST, IPV6_UNICAST],
    passive: true,
    holdTimeSeconds: 240,
    importPolicy: 'accept-all',
    exportPolicy: 'accept-all',
    ...more,
  });
}
