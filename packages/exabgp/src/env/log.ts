/** The log: one line each, by level and source, to stdout, stderr, syslog or a file. */
import { createSocket } from 'node:dgram';
import { appendFileSync } from 'node:fs';
import type { Environment } from './environment.ts';

const LEVELS = ['DEBUG', 'INFO', 'NOTICE', 'WARNING', 'ERR', 'CRITICAL'] as const;
export type Level = (typeof LEVELS)[number];
export type LogSource = 'configuration' | 'reactor' | 'daemon' | 'processes' | 'network' | 'rib' | 'routes';

export class Log {
  readonly #environment: Environment;
  readonly #write: (line: string) => void;
  readonly #lowest: number;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#write = environment.flag('log.enable') ? writerOf(environment.text('log.destination')) : () => {};
    this.#lowest = Math.max(0, LEVELS.indexOf(environment.text('log.level').toUpperCase() as Level));
  }

  line(level: Level, source: LogSource, message: string): void {
    const rank = LEVELS.indexOf(level);
    const isWanted = this.#environment.flag('log.all') || this.#environment.flag(`log.${source}`);
    if (rank < this.#lowest || (!isWanted && rank < LEVELS.indexOf('WARNING'))) return;
    const head = this.#environment.flag('log.short') ? '' : `${new Date().toTimeString().slice(0, 8)} ${process.pid} `;
    for (const text of message.split('\n')) this.#write(`${head}${source.padEnd(14)} ${text}\n`);
  }

  info(source: LogSource, message: string): void {
    this.line('INFO', source, message);
  }

  debug(source: LogSource, message: string): void {
    this.line('DEBUG', source, message);
  }

  warning(source: LogSource, message: string): void {
    this.line('WARNING', source, message);
  }

  error(source: LogSource, message: string): void {
    this.line('ERR', source, message);
  }
}

const SYSLOG_PORT = 514;
/** Facility daemon, severity info (RFC 5424 §6.2.1). */
const PRIORITY = 30;

function writerOf(destination: string): (line: string) => void {
  if (destination === 'stdout') return (line) => void process.stdout.write(line);
  if (destination === 'stderr') return (line) => void process.stderr.write(line);
  if (destination === 'syslog' || destination.startsWith('host:'))
    return syslogWriter(destination === 'syslog' ? '127.0.0.1' : destination.slice(5));
  // A log that cannot be written must not end the daemon.
  return (line) => {
    try {
      appendFileSync(destination, line);
    } catch {
      // There is no place left where this could be said.
    }
  };
}

function syslogWriter(host: string): (line: string) => void {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.on('error', () => {});
  socket.unref();
  return (line) => socket.send(`<${PRIORITY}>exabgp[${process.pid}]: ${line.trimEnd()}`, SYSLOG_PORT, host);
}
