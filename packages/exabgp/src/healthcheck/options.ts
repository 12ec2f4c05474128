/** The options of the health check, from the command line and from a file of `option = value` lines. */
import { readFileSync } from 'node:fs';
import { type OptionSpec, type Parsed, parseArguments, UsageError } from '../tools/usage.ts';

export const HEALTHCHECK_OPTIONS: readonly OptionSpec[] = [
  { name: 'debug', short: 'd', help: 'log details' },
  { name: 'silent', short: 's', help: 'no log on stderr' },
  { name: 'syslog-facility', short: 'sF', value: 'FACILITY', help: 'daemon' },
  { name: 'sudo', help: 'change addresses with sudo' },
  { name: 'no-syslog', help: 'no log to syslog' },
  { name: 'name', short: 'n', value: 'NAME', help: 'for the log' },
  { name: 'config', short: 'F', value: 'FILE', help: 'read options from this file' },
  { name: 'pid', short: 'p', value: 'FILE', help: 'write the process identifier' },
  { name: 'user', value: 'USER', help: 'run as this user' },
  { name: 'group', value: 'GROUP', help: 'run as this group' },
  { name: 'interval', short: 'i', value: 'SECONDS', help: 'between checks (5); 0: end after the first stable state' },
  { name: 'fast-interval', short: 'f', value: 'SECONDS', help: 'while a rise or a fall is counted (1)' },
  { name: 'timeout', short: 't', value: 'SECONDS', help: 'of the command (5); 0: none' },
  { name: 'rise', value: 'COUNT', help: 'successes that are needed (3)' },
  { name: 'fall', value: 'COUNT', help: 'failures that are needed (3)' },
  { name: 'disable', value: 'FILE', help: 'when it exists, the service is disabled' },
  { name: 'command', short: 'c', value: 'COMMAND', help: 'shell command; exit code 0 is good' },
  { name: 'cmd', value: 'COMMAND', help: 'as --command' },
  { name: 'next-hop', short: 'N', value: 'IP', help: 'of the routes (self)' },
  { name: 'ip', value: 'IP', many: true, help: 'address or network to announce' },
  { name: 'ip-ifname', value: 'IP%IF', many: true, help: 'address, and the interface that gets it' },
  { name: 'deaggregate-networks', help: 'announce every address of networks' },
  { name: 'no-ip-setup', help: 'do not change addresses of interfaces' },
  { name: 'dynamic-ip-setup', help: 'remove addresses while down or disabled' },
  { name: 'label', value: 'LABEL', help: 'of addresses of the loopback to announce or to set' },
  { name: 'label-exact-match', help: 'the whole label' },
  { name: 'start-ip', value: 'N', help: 'index of the first address (0)' },
  { name: 'up-metric', value: 'MED', help: '100' },
  { name: 'down-metric', value: 'MED', help: '1000' },
  { name: 'disabled-metric', value: 'MED', help: '500' },
  { name: 'increase', value: 'N', help: 'for each further address (1)' },
  { name: 'local-preference', value: 'N', help: 'of the routes' },
  { name: 'community', value: 'LIST', help: 'of the routes' },
  { name: 'disabled-community', value: 'LIST', help: 'while down or disabled' },
  { name: 'extended-community', value: 'LIST', help: 'of the routes' },
  { name: 'large-community', value: 'LIST', help: 'of the routes' },
  { name: 'as-path', value: 'LIST', help: 'of the routes' },
  { name: 'up-as-path', value: 'LIST', help: 'while up' },
  { name: 'down-as-path', value: 'LIST', help: 'while down' },
  { name: 'disabled-as-path', value: 'LIST', help: 'while disabled' },
  { name: 'withdraw-on-down', help: 'withdraw while down or disabled' },
  { name: 'path-id', value: 'N', help: 'path identifier; 0: none' },
  { name: 'neighbor', value: 'IP', many: true, help: 'announce to these alone' },
  { name: 'debounce', help: 'announce only when the state changes' },
  { name: 'execute', value: 'COMMAND', many: true, help: 'when the state changes' },
  { name: 'up-execute', value: 'COMMAND', many: true, help: 'when it is up' },
  { name: 'down-execute', value: 'COMMAND', many: true, help: 'when it is down' },
  { name: 'disabled-execute', value: 'COMMAND', many: true, help: 'when it is disabled' },
  { name: 'no-ack', short: 'a', help: 'do not wait for answers' },
  { name: 'help', short: 'h', help: 'this text' },
];

export interface HealthcheckOptions {
  readonly name: string | undefined;
  readonly debug: boolean;
  readonly silent: boolean;
  readonly pid: string | undefined;
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly intervalSeconds: number;
  readonly fastIntervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly rise: number;
  readonly fall: number;
  readonly disable: string | undefined;
  readonly command: string | undefined;
  readonly nextHop: string;
  readonly ips: readonly string[];
  /** Address to interface. */
  readonly interfaces: ReadonlyMap<string, string>;
  readonly deaggregate: boolean;
  readonly ipSetup: boolean;
  readonly dynamicIpSetup: boolean;
  readonly sudo: boolean;
  readonly label: string | undefined;
  readonly labelExactMatch: boolean;
  readonly startIp: number;
  readonly metrics: { readonly UP: number; readonly DOWN: number; readonly DISABLED: number };
  readonly increase: number;
  readonly localPreference: number;
  readonly community: string | undefined;
  readonly disabledCommunity: string | undefined;
  readonly extendedCommunity: string | undefined;
  readonly largeCommunity: string | undefined;
  readonly asPath: string | undefined;
  readonly asPaths: { readonly UP: string | undefined; readonly DOWN: string | undefined; readonly DISABLED: string | undefined };
  readonly withdrawOnDown: boolean;
  readonly pathId: number;
  readonly neighbors: readonly string[];
  readonly debounce: boolean;
  readonly execute: readonly string[];
  readonly executes: { readonly UP: readonly string[]; readonly DOWN: readonly string[]; readonly DISABLED: readonly string[] };
  readonly waitsForAck: boolean;
}

/** Options of the command line win over those of the file. Undefined: help is asked for. Throws UsageError. */
export function readHealthcheckOptions(args: readonly string[]): HealthcheckOptions | undefined {
  const given = parseArguments(args, HEALTHCHECK_OPTIONS);
  if (given.flags.has('help')) return undefined;
  const file = given.values.get('config')?.[0];
  const parsed = file === undefined ? given : parseArguments([...argumentsOf(file), ...args], HEALTHCHECK_OPTIONS);
  if (parsed.words.length > 0) throw new UsageError(`found "${parsed.words[0]}", allowed are options`);
  return optionsOf(parsed);
}

function argumentsOf(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--config ${file}: the file cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return text.split('\n').flatMap((line) => {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) return [];
    const [name = '', ...rest] = content.split('=');
    const value = rest
      .join('=')
      .trim()
      .replace(/^(['"])(.*)\1$/, '$2');
    const option = `--${name.trim()}`;
    const spec = HEALTHCHECK_OPTIONS.find((each) => option === `--${each.name}`);
    if (spec?.value !== undefined) return [option, value];
    return value === '' || /^(true|yes|on|1)$/i.test(value) ? [option] : [];
  });
}

function optionsOf({ flags, values }: Parsed): HealthcheckOptions {
  const text = (name: string): string | undefined => values.get(name)?.at(-1);
  const number = (name: string, otherwise: number): number => {
    const value = text(name);
    if (value === undefined) return otherwise;
    if (!/^\d+(\.\d+)?$/.test(value)) throw new UsageError(`--${name}: found "${value}", allowed is a number, e.g. "${otherwise}"`);
    return Number(value);
  };
  const list = (name: string): readonly string[] => values.get(name) ?? [];
  const interfaces = new Map(
    list('ip-ifname').map((each) => {
      const [ip = '', name] = each.split('%');
      if (name === undefined)
        throw new UsageError(`--ip-ifname: found "${each}", allowed is an address and an interface, e.g. "192.0.2.1%lo"`);
      return [ip, name] as const;
    }),
  );
  return {
    name: text('name'),
    debug: flags.has('debug'),
    silent: flags.has('silent'),
    pid: text('pid'),
    user: text('user'),
    group: text('group'),
    intervalSeconds: number('interval', 5),
    fastIntervalSeconds: number('fast-interval', 1),
    timeoutSeconds: number('timeout', 5),
    rise: number('rise', 3),
    fall: number('fall', 3),
    disable: text('disable'),
    command: text('command') ?? text('cmd'),
    nextHop: text('next-hop') ?? 'self',
    ips: [...list('ip'), ...interfaces.keys()],
    interfaces,
    deaggregate: flags.has('deaggregate-networks'),
    ipSetup: !flags.has('no-ip-setup'),
    dynamicIpSetup: flags.has('dynamic-ip-setup'),
    sudo: flags.has('sudo'),
    label: text('label'),
    labelExactMatch: flags.has('label-exact-match'),
    startIp: number('start-ip', 0),
    metrics: { UP: number('up-metric', 100), DOWN: number('down-metric', 1000), DISABLED: number('disabled-metric', 500) },
    increase: number('increase', 1),
    localPreference: number('local-preference', -1),
    community: text('community'),
    disabledCommunity: text('disabled-community'),
    extendedCommunity: text('extended-community'),
    largeCommunity: text('large-community'),
    asPath: text('as-path'),
    asPaths: { UP: text('up-as-path'), DOWN: text('down-as-path'), DISABLED: text('disabled-as-path') },
    withdrawOnDown: flags.has('withdraw-on-down'),
    pathId: number('path-id', 0),
    neighbors: list('neighbor'),
    debounce: flags.has('debounce'),
    execute: list('execute'),
    executes: { UP: list('up-execute'), DOWN: list('down-execute'), DISABLED: list('disabled-execute') },
    waitsForAck: !flags.has('no-ack'),
  };
}
