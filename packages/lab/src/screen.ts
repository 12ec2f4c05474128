/**
 * The output of the lab: first what runs and what to try, then the events of the peers. On a terminal the latest events are rewritten in
 * place; in a file or a pipe every line is kept.
 */
import { stripVTControlCharacters, styleText } from 'node:util';
import type { Lab } from './lab.ts';
import type { LabEvent } from './lab-speaker.ts';
import { formatSocket, type LabPlan } from './plan.ts';
import { DAEMON_AS, LAB_PEERS } from './topology.ts';

type Format = Parameters<typeof styleText>[0];

export function paint(format: Format, text: string): string {
  return styleText(format, text, { stream: process.stdout });
}

const TSBGP = 'npm run -s tsbgp --';

/** Size of the terminal; infinite for a file or a pipe. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Events on the screen of a terminal, so that the commands stay visible. Fewer on a small terminal. */
const EVENTS_MAX = 5;
const EVENTS_MIN = 3;

/**
 * What to show first, and how many events fit below it. All of it is visible at once, on 80 columns and 24 rows too: the addresses come last.
 * On a small terminal first the remarks, then blank lines, then the last commands are left out.
 */
export function welcome(lab: Lab, size: Size): { readonly text: string; readonly events: number } {
  const { plan } = lab;
  const running = [
    ['tsbgpd', `AS ${DAEMON_AS}`, formatSocket(plan.bgp), `pid ${lab.processes.daemon}`, ''],
    ...LAB_PEERS.map((peer, i) => [
      `peer ${peer.name}`,
      `AS ${peer.as}`,
      plan.peerAddresses[i]!,
      `pid ${lab.processes.peers[i]!}`,
      `announces ${count(lab.announced[i]!)} routes`,
    ]),
  ];
  const places = [
    ['API', `unix:${plan.apiSocket}`],
    ['', `http://${formatSocket(plan.apiTcp)}`],
    ['metrics', `http://${formatSocket(plan.metrics)}/metrics`],
    ['configuration', lab.configFile],
    ['log', lab.logFile],
  ];
  const title = `${paint(['bold', 'green'], 'tsbgp lab')}  a BGP daemon and two peers with real routes, on this machine`;
  const addresses = [
    ...aligned(running, (cell, i) => paint(i === 0 ? 'bold' : i === 3 ? 'dim' : 'reset', cell)),
    ...aligned(places, (cell, i) => (i === 0 ? paint('dim', cell) : cell)),
  ];
  const meanwhile = `${paint('bold', 'Ctrl-C')} stops everything. What the peers do meanwhile:`;
  const suggested = commands(plan);
  const fixed = rowsOf([title, ...addresses, meanwhile], size) + 1; // one for "Try"
  // The cursor needs a row.
  const free = size.rows - 1 - fixed;
  const fits =
    free >=
    rowsOf(
      suggested.map(([command]) => `  ${command}`),
      size,
    ) +
      EVENTS_MAX +
      BLANK_LINES;
  const shown = fits ? suggested : fitting(suggested, free - EVENTS_MIN, size);
  const blank = fits ? [''] : [];
  const lines = [
    ...blank,
    title,
    ...blank,
    paint('bold', 'Try in another terminal, in this folder:'),
    ...shown.map(([command, remark]) => commandLine(command, remark, size.columns)),
    ...blank,
    ...addresses,
    ...blank,
    meanwhile,
  ];
  const left = size.rows - 1 - rowsOf(lines, size);
  return { text: lines.join('\n'), events: Math.max(1, Math.min(EVENTS_MAX, left)) };
}

/** In the form with blank lines. */
const BLANK_LINES = 4;

/** The first of `suggested` that fit into `rows`. */
function fitting(suggested: ReturnType<typeof commands>, rows: number, size: Size): ReturnType<typeof commands> {
  let used = 0;
  const shown = [];
  for (const command of suggested) {
    used += rowsOf([`  ${command[0]}`], size);
    if (used > rows) break;
    shown.push(command);
  }
  return shown;
}

/** Rows that lines take on a terminal, where long ones wrap. */
function rowsOf(lines: readonly string[], { columns }: Size): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)), 0);
}

/** The commands to try, in the order of the screen. A test runs all of them. */
export function commands(plan: LabPlan): (readonly [command: string, remark: string])[] {
  const here = plan.isDefaultSocket ? [] : ([[`export TSBGP_ADDRESS=${plan.apiSocket}`, 'this lab, not another daemon']] as const);
  return [
    ...here,
    [`${TSBGP} neighbor`, 'both sessions'],
    [`${TSBGP} rib --limit 20`, 'best paths'],
    [`${TSBGP} rib 193.0.0.0/21`, 'one prefix, every attribute'],
    [`${TSBGP} rib received 193.0.0.0/21`, 'both candidates for it'],
    [`${TSBGP} rib --origin-as 13335`, 'what Cloudflare originates'],
    [`${TSBGP} watch`, 'changes as they happen'],
    [`${TSBGP} route add 203.0.113.0/24 --next-hop 192.0.2.1`, 'a route of your own'],
    [`${TSBGP} neighbor disable ${plan.peerAddresses[1]!} --reason coffee`, 'and enable again'],
    [
      `curl -s http://${formatSocket(plan.apiTcp)}/tsbgp.v1.GlobalService/GetGlobal -H content-type:application/json -d {}`,
      'the API, bare',
    ],
  ];
}

/** The remark is a shell comment, so that the whole line can be pasted. */
function commandLine(command: string, remark: string, columns: number): string {
  const padded = command.padEnd(COMMAND_WIDTH);
  const line = `  ${paint('cyan', command)}${' '.repeat(padded.length - command.length)}`;
  return 2 + padded.length + 4 + remark.length > columns ? line.trimEnd() : `${line}  ${paint('dim', `# ${remark}`)}`;
}

/** Longer commands have their remark further right. */
const COMMAND_WIDTH = 46;

export function describe(position: number, event: LabEvent): string {
  const name = LAB_PEERS[position]!.name.padEnd(6);
  const line = (mark: string, format: Format, text: string): string =>
    `${paint('dim', clock())}  ${paint('bold', name)}  ${paint(format, mark)} ${text}`;
  switch (event.type) {
    case 'established':
      return line('▲', 'green', `session established, ${count(event.routes)} routes announced`);
    case 'closed':
      return line('▼', 'red', `session closed: ${event.reason}`);
    case 'flap':
      switch (event.kind) {
        case 'withdraw':
          return line('-', 'red', `withdrew ${some(event)}`);
        case 'restore':
          return line('+', 'green', `re-announced ${some(event)}, by other paths`);
        case 'move':
          return line('~', 'yellow', `moved ${some(event)} to other paths`);
      }
  }
}

/** `1.1.1.0/24`, `1.1.1.0/24 and 4 more`. */
function some(event: { readonly count: number; readonly example: string }): string {
  return event.count === 1 ? event.example : `${event.example} and ${event.count - 1} more`;
}

/** Cells padded to columns, two blanks between, the line indented by two. */
function aligned(rows: readonly (readonly string[])[], format: (cell: string, column: number) => string): string[] {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)), []);
  return rows.map((row) =>
    `  ${row.map((cell, i) => (cell === '' ? '' : format(cell, i)) + (i === row.length - 1 ? '' : ' '.repeat(widths[i]! - cell.length + 2))).join('')}`.trimEnd(),
  );
}

export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}
