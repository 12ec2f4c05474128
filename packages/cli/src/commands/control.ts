/** `tsbgp global`, `health`, `metrics`, `shutdown` and `restart`: about the daemon itself. */
import type { Command } from 'commander';
import { CliError, ExitCode } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { present } from '../present.ts';
import { printable } from '../terminal/style.ts';
import { shutdownReason } from '../values.ts';
import { globalPage, globalView, healthJson, healthPage } from '../views/control.ts';

export function addControl(program: Command, invocation: Invocation): void {
  program
    .command('global')
    .description('show AS, router id, listeners and version of the daemon')
    .action(async () => {
      const global = globalView(await invocation.call((client, options) => client.global.getGlobal({}, options)));
      await (invocation.isJson ? invocation.printJson(global) : invocation.print(...globalPage(global, invocation.view())));
    });

  program
    .command('health')
    .description('show whether all is well; exit code 1 when not')
    .action(async () => {
      const health = await invocation.call((client, options) => client.control.getHealth({}, options));
      await (invocation.isJson ? invocation.printJson(healthJson(health)) : invocation.print(...healthPage(health, invocation.view())));
      if (!health.healthy) throw new CliError(ExitCode.Refused, 'the daemon is not healthy');
    });

  program
    .command('metrics')
    .description('print the metrics in Prometheus text format')
    .action(async () => {
      const { text } = await invocation.call((client, options) => client.control.getMetrics({}, options));
      // Labels may hold what a peer or an operator wrote: made safe for a terminal, unchanged for a program.
      const shown = invocation.io.stdout.isTerminal ? text.split('\n').map(printable).join('\n') : text;
      await (invocation.isJson ? invocation.printJson({ metrics: text }) : invocation.io.stdout.write(shown));
    });

  program
    .command('shutdown')
    .description('stop the daemon; every neighbor gets a Cease')
    .option('--reason <text>', 'told to the neighbors (RFC 9003)', shutdownReason)
    .action(async ({ reason }: { reason?: string }) => {
      await invocation.call((client, options) => client.control.shutdown(present({ reason }), options));
      await invocation.done('the daemon is stopping');
    });

  program
    .command('restart')
    .description('stop the daemon for a restart; neighbors with graceful restart keep its routes until it is there again')
    .option('--reason <text>', 'told to the other neighbors (RFC 9003)', shutdownReason)
    .action(async ({ reason }: { reason?: string }) => {
      await invocation.call((client, options) => client.control.shutdown(present({ reason, restart: true }), options));
      await invocation.done('the daemon is stopping; it starts again where systemd or another supervisor does that');
    });
}
