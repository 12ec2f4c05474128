/** `exabgp env`: the settings, as the file exabgp.env would say them. */
import type { Environment } from '../env/environment.ts';
import { OPTIONS as SETTINGS } from '../env/options.ts';
import { type Io, print } from './io.ts';
import { helpText, type OptionSpec, parseArguments } from './usage.ts';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'diff', short: 'd', help: 'only what differs from the default' },
  { name: 'env', short: 'e', help: 'as variables of the environment' },
  { name: 'help', short: 'h', help: 'this text' },
];

export function env(args: readonly string[], io: Io, environment: Environment): number {
  const { flags } = parseArguments(args, OPTIONS);
  if (flags.has('help')) {
    io.stdout.write(helpText('exabgp env [-d] [-e]', OPTIONS));
    return 0;
  }
  for (const [section, rows] of Object.entries(SETTINGS)) {
    const names = Object.keys(rows).filter((name) => !flags.has('diff') || environment.isSet(`${section}.${name}`));
    if (names.length === 0) continue;
    if (!flags.has('env')) print(io, `[exabgp.${section}]`);
    for (const name of names) {
      const value = quoted(environment.text(`${section}.${name}`));
      print(io, flags.has('env') ? `exabgp.${section}.${name}=${value}` : `${name} = ${value}`);
    }
    if (!flags.has('env')) print(io, '');
  }
  return 0;
}

function quoted(value: string): string {
  return value === '' || /\s/.test(value) ? `'${value}'` : value;
}
