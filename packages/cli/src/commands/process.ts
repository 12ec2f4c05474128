/** `tsbgp process list`: the programs of the configuration. */
import { type Process, Process_State as State } from '@tsbgp/api';
import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { type Column, TableWriter } from '../terminal/table.ts';
import { count, duration } from '../terminal/units.ts';

const COLUMNS: readonly Column<Process>[] = [
  { title: 'Process', value: (p) => p.name, format: () => 'bold' },
  { title: 'State', value: stateOf, format: (p) => (isRunning(p) ? 'green' : 'red') },
  { title: 'Since', value: (p) => (isRunning(p) && p.startedAt !== undefined ? age(p) : ''), align: 'right' },
  { title: 'Restarts', value: (p) => count(p.restarts), align: 'right' },
  { title: 'Routes', value: (p) => count(p.routes), align: 'right' },
  { title: 'Commands', value: (p) => count(p.commands), align: 'right' },
  { title: 'Errors', value: (p) => count(p.errors), align: 'right', format: (p) => (p.errors > 0n ? 'red' : 'dim') },
  { title: 'Command', value: (p) => p.command.join(' '), shrinkTo: 20 },
];

export function addProcess(program: Command, invocation: Invocation): void {
  const process = program.command('process').description('programs that announce routes and hear of sessions');

  process
    .command('list', { isDefault: true })
    .description('show the programs of the configuration, and what became of them')
    .action(async () => {
      const { processes } = await invocation.ask((daemon) => daemon.call((client, options) => client.processes.listProcesses({}, options)));
      if (invocation.isJson) await invocation.printJsonLines(processes.map(json));
      else if (processes.length === 0) await invocation.print('no processes are configured');
      else {
        await invocation.print(...new TableWriter(COLUMNS, invocation.view()).lines(processes));
        const failed = processes.filter(({ lastError }) => lastError !== '');
        for (const { name, lastError } of failed) await invocation.print(`${name}: last error: ${lastError}`);
      }
    });
}

function isRunning({ state }: Process): boolean {
  return state === State.RUNNING;
}

function stateOf(process: Process): string {
  if (isRunning(process)) return `running, pid ${process.pid}`;
  return process.lastEnd === '' ? 'ended' : `ended: ${process.lastEnd}`;
}

function age({ startedAt }: Process): string {
  return duration(Math.max(0, Math.floor(Date.now() / 1000) - Number(startedAt!.seconds)));
}

function json(process: Process): object {
  const { name, command, pid, lastEnd, lastError, apiVersion, startedAt } = process;
  const since = startedAt === undefined ? undefined : new Date(Number(startedAt.seconds) * 1000).toISOString();
  return {
    name,
    command,
    apiVersion,
    running: isRunning(process),
    ...(isRunning(process) && { pid }),
    startedAt: since,
    restarts: Number(process.restarts),
    ...(lastEnd !== '' && { lastEnd }),
    routes: Number(process.routes),
    commands: Number(process.commands),
    errors: Number(process.errors),
    ...(lastError !== '' && { lastError }),
    backlogBytes: Number(process.backlogBytes),
    droppedLines: Number(process.droppedLines),
  };
}
