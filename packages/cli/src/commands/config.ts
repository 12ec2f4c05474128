/** `tsbgp config`: the configuration that runs, and others in its place. */
import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { runningConfig, toYaml } from '../views/config.ts';
import { globalView } from '../views/control.ts';
import { addConfigChanges } from './config-change.ts';

export function addConfig(program: Command, invocation: Invocation): void {
  const config = program.command('config').description('show, check, compare, apply and roll back the configuration');
  config
    .command('show')
    .description('print AS, listeners and neighbors as they are now, in the form of the configuration file')
    .action(async () => {
      const daemon = await invocation.daemon();
      const [global, neighbors] = await Promise.all([
        daemon.call((client, options) => client.global.getGlobal({}, options)),
        daemon.listNeighbors(),
      ]);
      const running = runningConfig(globalView(global), neighbors);
      if (invocation.isJson) return invocation.printJson(running);
      await invocation.print(
        '# What runs now, with defaults filled in.',
        '# Not shown, as tsbgpd was started with them: routes, aggregates, conditions, damping, api, http, log.',
        ...toYaml(running),
      );
    });
  addConfigChanges(config, invocation);
}
