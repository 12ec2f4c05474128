/** `tsbgp global`, `health`, `metrics`, `shutdown`: the daemon itself. */
import type { Command } from 'commander';
import { CliError, ExitCode } from '../exit-code.ts';
import type { Session } from '../session.ts';
import { printable } from '../terminal/style.ts';
import { shutdownReason } from '../values.ts';
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
      // A program gets the text as it is; labels may hold what a peer or an operator wrote.
      const shown = session.io.stdout.isTerminal ? text.split('\n').map(printable).join('\n') : text;
      await (session.isJson ? session.printJson({ metrics: text }) : session.io.stdout.write(shown));
    });

  program
    .command('shutdown')
    .description('stop the daemon; every neighbor gets a Cease')
    .option('--reason <text>', 'told to the neighbors (RFC 9003)', shutdownReason)
    .action(async ({ reason }: { reason?: string }) => {
      await session.ask((daemon) => daemon.shutdown(reason));
      await session.done('the daemon is stopping');
    });
}
