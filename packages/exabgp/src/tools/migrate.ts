/** `exabgp migrate FILE`: the equal tsbgpd.yaml on standard output. */
import { findFile, loadConfiguration } from '../daemon/load.ts';
import { migrate as migrated } from '../migrate/migrate.ts';
import { type Io, print } from './io.ts';
import { helpText, type OptionSpec, parseArguments, UsageError } from './usage.ts';

const OPTIONS: readonly OptionSpec[] = [{ name: 'help', short: 'h', help: 'this text' }];

export function migrate(args: readonly string[], io: Io, root: string): number {
  const { flags, words } = parseArguments(args, OPTIONS);
  if (flags.has('help')) {
    io.stdout.write(helpText('exabgp migrate FILE …', OPTIONS));
    return 0;
  }
  if (words.length === 0) throw new UsageError('found no file, allowed is e.g. exabgp migrate /etc/exabgp/exabgp.conf');
  const files = words.map((word) => findFile(word, root));
  const configuration = loadConfiguration(files, { root, path: io.env['PATH'] ?? '' });
  print(io, migrated(configuration, files.join(' ')).trimEnd());
  return 0;
}
