/** Commands about the program and about the talk with it. */
import { type Command, type CommandContext, CommandError, type Outcome } from './outcome.ts';

function say(context: CommandContext, text: string, json: object): void {
  context.source.write(context.control.apiVersion === 6 ? JSON.stringify(json) : text);
}

function progress(name: 'shutdown' | 'reload' | 'restart'): Command {
  return (context) => {
    context.control.permit?.(name);
    const text = `${name} in progress`;
    say(context, text, { status: text });
    // After the answer was written.
    setImmediate(() => context.control[name]());
    return 'done';
  };
}

export const shutdown: Command = progress('shutdown');
export const reload: Command = progress('reload');
export const restart: Command = progress('restart');

export const version: Command = (context) => {
  say(context, `exabgp ${context.control.version}`, { version: context.control.version, application: 'exabgp' });
  return 'done';
};

export function ack(mode: 'enable' | 'disable' | 'silence'): Command {
  return ({ source }) => {
    if (mode === 'enable') {
      source.ack = 'on';
      return 'done';
    }
    // `disable` is answered one last time.
    if (mode === 'disable') source.write('done');
    source.ack = 'off';
    return 'silent';
  };
}

export function sync(isOn: boolean): Command {
  return ({ source }) => {
    source.sync = isOn;
    return 'done';
  };
}

export const ping: Command = ({ source, control, rest }) => {
  const { uuid } = control;
  source.write(/\btext\b/.test(rest) ? `pong ${uuid} active=true` : `{"pong": "${uuid}", "active": true}`);
  return 'done';
};

export const status: Command = (context) => {
  const { control } = context;
  const uptime = Math.floor((Date.now() - control.startedAt.getTime()) / 1000);
  const peers = Object.fromEntries(control.neighbors().map((neighbor) => [neighbor.name, neighbor.view().fsm]));
  if (control.apiVersion === 6 || /\bjson\b/.test(context.rest)) {
    const head = { version: control.version, uuid: control.uuid, pid: process.pid, uptime };
    context.source.write(JSON.stringify({ ...head, start_time: control.startedAt.getTime() / 1000, peers }));
    return 'done';
  }
  for (const [name, value] of Object.entries({ Version: control.version, UUID: control.uuid, PID: process.pid, Uptime: `${uptime}s` })) {
    context.source.write(`${name}: ${value}`);
  }
  for (const [name, state] of Object.entries(peers)) context.source.write(`${name}: ${state}`);
  return 'done';
};

export const queueStatus: Command = ({ source, control }) => {
  source.write(JSON.stringify(control.queueStatus()));
  return 'done';
};

export const apiVersion: Command = ({ source, control, rest }) => {
  const wanted = rest.trim();
  if (wanted !== '' && wanted !== String(control.apiVersion)) {
    throw new CommandError(`found version ${wanted}, allowed is ${control.apiVersion}: the setting exabgp.api.version chooses another one`);
  }
  source.write(JSON.stringify({ api_version: control.apiVersion, description: DESCRIPTIONS[control.apiVersion] }));
  return 'done';
};

const DESCRIPTIONS = { 4: 'commands and events of ExaBGP 4', 5: 'commands and events of ExaBGP 5', 6: 'commands and events of ExaBGP 6' };

export const bye: Command = () => 'done';

/** Nothing waits: commands are carried out as they come. */
export const reset: Command = ({ control }): Outcome => (control.apiVersion === 6 ? 'done' : 'silent');

export const crash: Command = () => {
  throw new CommandError('crash was asked for');
};

/** `commands`: what `help` lists. */
export function help(commands: readonly string[]): Command {
  return ({ source, control }) => {
    if (control.apiVersion === 6) {
      const list = commands.map((command) => ({ command, neighbor_support: command.startsWith('peer'), json_support: true, options: [] }));
      source.write(JSON.stringify({ description: 'commands of tsbgp exabgp', peer_filters: PEER_FILTERS, commands: list }));
    } else {
      source.write('available API commands are listed here:');
      source.write('===============================================');
      for (const command of commands) source.write(command);
    }
    return 'done';
  };
}

const PEER_FILTERS = ['local-ip', 'local-as', 'peer-as', 'router-id', 'family-allowed'];
