/** `exabgp validate FILE …`: whether configuration files can be used; with -n what they say, with -r the messages of their routes. */
import { toHex } from '@tsbgp/wire';
import { ConfigurationError } from '../config/configuration.ts';
import { neighborName } from '../config/neighbor.ts';
import { offlineSession } from '../config/offline-session.ts';
import { findFile, loadConfiguration } from '../daemon/load.ts';
import { AdjRibOut } from '../rib/adj-rib-out.ts';
import { sessionForm } from '../rib/session-form.ts';
import { announcements } from '../rib/update-messages.ts';
import { complain, type Io, print } from './io.ts';
import { helpText, type OptionSpec, parseArguments, UsageError } from './usage.ts';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'neighbor', short: 'n', help: 'print the neighbors' },
  { name: 'route', short: 'r', help: 'print the UPDATEs of the routes' },
  { name: 'verbose', short: 'v', help: 'print both' },
  { name: 'pdb', short: 'p', help: 'unused' },
  { name: 'help', short: 'h', help: 'this text' },
];

export function validate(args: readonly string[], io: Io, root: string): number {
  const { flags, words } = parseArguments(args, OPTIONS);
  if (flags.has('help')) {
    io.stdout.write(helpText('exabgp validate [-n] [-r] [-v] FILE …', OPTIONS));
    return 0;
  }
  if (words.length === 0) throw new UsageError('found no file, allowed is e.g. exabgp validate /etc/exabgp/exabgp.conf');
  let code = 0;
  for (const word of words) {
    try {
      const file = findFile(word, root);
      const configuration = loadConfiguration([file], { root, path: io.env['PATH'] ?? '' });
      for (const neighbor of configuration.neighbors) {
        if (flags.has('neighbor') || flags.has('verbose')) print(io, neighborName(neighbor));
        if (!flags.has('route') && !flags.has('verbose')) continue;
        const { context, neighbor: named } = offlineSession(neighbor);
        const rib = new AdjRibOut();
        for (const route of neighbor.routes) rib.configure(route);
        const updates = announcements(rib.take().announcements, {
          form: sessionForm(named.localAs, neighbor.capabilities.aigp, context),
          families: new Set(neighbor.families),
          addPath: context.addPath,
          extendedMessage: context.extendedMessage,
          groupUpdates: neighbor.groupUpdates,
          linkLocal: neighbor.capabilities['link-local-nexthop'] ? neighbor.localLinkLocal : undefined,
          localAddress: named.localAddress,
        });
        for (const update of updates) print(io, toHex(update).toUpperCase());
      }
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      complain(io, error.message);
      code = 1;
    }
  }
  return code;
}
