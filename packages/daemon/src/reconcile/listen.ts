/** `global.listen`: where neighbors may connect. Sessions that came in through a listener stay when it is closed. */
import { type Endpoint, formatEndpoint } from '../endpoint.ts';
import { listenError } from '../start-error.ts';
import type { ConfigChange, ConfigSection } from './section.ts';

export const LISTEN: ConfigSection = {
  name: 'global.listen',
  diff(before, after): ConfigChange[] {
    const change = (subject: string, type: 'added' | 'removed'): ConfigChange => {
      return { section: 'global', subject: `listen ${subject}`, type, keys: [], effects: ['listener'] };
    };
    return [
      ...missing(before.global.listen, after.global.listen).map((each) => change(formatEndpoint(each), 'removed')),
      ...missing(after.global.listen, before.global.listen).map((each) => change(formatEndpoint(each), 'added')),
    ];
  },
  async apply({ before, after, running: { speaker, log }, undo }) {
    // First those that go: 0.0.0.0:179 and 192.0.2.1:179 cannot both be open.
    for (const endpoint of missing(before.global.listen, after.global.listen)) {
      undo(async () => void (await speaker.listen(endpoint)));
      await speaker.unlisten(endpoint);
      log.info(endpoint, `BGP no longer listening on ${formatEndpoint(endpoint)}`);
    }
    for (const endpoint of missing(after.global.listen, before.global.listen)) {
      undo(() => speaker.unlisten(endpoint));
      try {
        await speaker.listen(endpoint);
      } catch (error) {
        throw listenError({ what: 'BGP', where: endpoint, key: 'global.listen' }, error);
      }
      log.info(endpoint, `BGP listening on ${formatEndpoint(endpoint)}`);
    }
  },
};

/** The endpoints that are not among `others`. */
function missing(endpoints: readonly Endpoint[], others: readonly Endpoint[]): Endpoint[] {
  const known = new Set(others.map(formatEndpoint));
  return endpoints.filter((each) => !known.has(formatEndpoint(each)));
}
