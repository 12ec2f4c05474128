/** `tsbgp global`, `health`, `metrics`, `shutdown`: the daemon itself. */
import type { Command } from 'commander';
import { CliError, ExitCode } from '../exit-code.ts';
import type { Session } from '../session.ts';
import { globalPage, healthPage } from '../views/control.ts';

export function addControl(program: Command, session: Session): void {
  program
    .command('global')
    .description('show AS, router id, listeners and version of the daemon')
    .action(async () => {
      const global = await session.ask((daemon) => daemon.global());
      await (session.isJson ? session.printJson(global) : session.print(...globalPage(global, session.view())));
    });

  program
    .command('health')
    .description('show whether all is well; exit code 1 when not')
    .action(async () => {
      const health = await session.ask((daemon) => daemon.health());
      await (session.isJson ? session.printJson(health) : session.print(...healthPage(health, session.view())));
      if (!health.healthy) throw new CliError(ExitCode.Refused, 'the daemon is not healthy');
    });

  program
    .command('metrics')
    .description('print the metrics in Prometheus text format')
    .action(async () => {
      const text = await session.ask((daemon) => daemon.metrics());
      await (session.isJson ? session.printJson({ metrics: text }) : session.io.stdout.write(text));
    });

  program
    .command('shutdown')
    .description('stop the daemon; every neighbor gets a Cease')
    .option('--reason <text>', 'told to the neighbors (RFC 9003)')
    .action(async ({ reason }: { reason?: string }) => {
      await session.ask((daemon) => daemon.shutdown(reason));
      await session.done('the daemon is stopping');
    });
}
