/** Every option of ExaBGP's environment: its kind, its default and what it does. */

export type OptionKind = 'boolean' | 'integer' | 'number' | 'text' | 'octal';

export interface OptionRow {
  readonly kind: OptionKind;
  /** As text in exabgp.env. */
  readonly default: string;
  readonly help: string;
  /** Accepted, but nothing depends on it here. */
  readonly unused?: true;
}

const flag = (value: boolean, help: string, unused?: true): OptionRow => ({
  kind: 'boolean',
  default: String(value),
  help,
  ...(unused && { unused }),
});
const unusedFlag = (value: boolean, help: string): OptionRow => flag(value, help, true);
const text = (value: string, help: string): OptionRow => ({ kind: 'text', default: value, help });
const integer = (value: number, help: string): OptionRow => ({ kind: 'integer', default: String(value), help });

export const OPTIONS: Readonly<Record<string, Readonly<Record<string, OptionRow>>>> = {
  daemon: {
    pid: text('', 'file that gets the process identifier'),
    user: text('nobody', 'user to run as, when started as root'),
    daemonize: flag(false, 'run in the background'),
    drop: flag(true, 'become daemon.user when started as root'),
    umask: { kind: 'octal', default: '0137', help: 'mask for files that are created' },
  },
  log: {
    enable: flag(true, 'write a log'),
    level: text('INFO', 'lowest level: DEBUG, INFO, NOTICE, WARNING, ERR or CRITICAL'),
    destination: text('stdout', 'stdout, stderr, syslog, host:ADDRESS or a file'),
    all: flag(false, 'all of the following'),
    configuration: flag(true, 'changes of the configuration'),
    reactor: flag(true, 'signals, reloads'),
    daemon: flag(true, 'start and end of the program'),
    processes: flag(true, 'programs of the API'),
    network: flag(true, 'connections, states of neighbors'),
    packets: flag(false, 'octets of messages'),
    rib: flag(false, 'changes of routes'),
    message: flag(false, 'changes of routes as messages'),
    timers: unusedFlag(false, 'keepalives'),
    routes: flag(false, 'received routes'),
    parser: unusedFlag(false, 'parts of messages'),
    short: flag(true, 'without time and process identifier'),
    statistics: unusedFlag(true, 'statistics'),
  },
  tcp: {
    bind: text('', 'addresses to listen on, divided by blanks; none: do not listen'),
    port: integer(179, 'port to listen on, and of peers'),
    once: flag(false, 'as tcp.attempts=1'),
    attempts: integer(0, 'connections to a peer before it is given up; 0: no limit'),
    connections: integer(0, 'as tcp.attempts'),
    delay: integer(0, 'start announcing this many minutes later'),
    acl: text('', 'unused'),
    timeout: integer(1, 'unused'),
  },
  bgp: {
    passive: flag(false, 'every neighbor only waits for its peer'),
    openwait: integer(60, 'seconds to wait for an OPEN'),
  },
  cache: { attributes: unusedFlag(true, 'share attributes'), nexthops: unusedFlag(true, 'share next hops') },
  reactor: { speed: { kind: 'number', default: '1.0', help: 'unused', unused: true } },
  api: {
    ack: flag(true, 'answer commands'),
    encoder: text('json', 'unused: a process without encoder gets text'),
    compact: flag(false, 'plain prefixes in JSON as a string'),
    respawn: flag(true, 'start programs again that ended'),
    terminate: flag(false, 'end when a program has ended for good'),
    cli: flag(true, 'take commands from the named pipes'),
    pipename: text('exabgp', 'name of the pipes, without .in and .out'),
    socketname: text('exabgp', 'name of the socket, without .sock'),
    chunk: integer(1, 'unused'),
    version: integer(5, 'events and commands of ExaBGP 4, 5 or 6'),
    show_routes_format: text('v1', 'v1 or v2: form of show adj-rib json'),
  },
  debug: {
    pdb: unusedFlag(false, 'unused'),
    memory: unusedFlag(false, 'unused'),
    configuration: unusedFlag(false, 'unused'),
    selfcheck: unusedFlag(false, 'unused'),
    route: text('', 'unused'),
    defensive: unusedFlag(false, 'unused'),
    rotate: flag(false, 'of several files use one at a time; a reload goes to the next one'),
    timing: unusedFlag(false, 'unused'),
  },
  profile: { enable: unusedFlag(false, 'unused'), file: text('', 'unused') },
};
