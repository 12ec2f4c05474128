/**
 * `npm start`: a BGP daemon that exchanges real routes, in one command, without root and without configuration.
 */
import { parseArgs } from 'node:util';
import { type Lab, startLab } from './lab.ts';
import { planLab } from './plan.ts';
import { describe, paint, welcome } from './screen.ts';

const USAGE = `npm start [-- OPTIONS]

  --flap-interval SECONDS   pause between two events of a peer; 0: none (default 4)
  --isolated                any free ports, and an API socket of its own
  --help
`;

async function main(): Promise<number> {
  let values: { 'flap-interval': string; isolated: boolean; help: boolean };
  try {
    ({ values } = parseArgs({
      options: {
        'flap-interval': { type: 'string', default: '4' },
        isolated: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const seconds = Number(values['flap-interval']);
  if (!(seconds >= 0 && seconds <= 86_400)) {
    process.stderr.write(`--flap-interval: found "${values['flap-interval']}", allowed 0 to 86400 seconds, e.g. --flap-interval 4\n`);
    return 2;
  }
  return run(seconds, values.isolated);
}

async function run(flapSeconds: number, isolated: boolean): Promise<number> {
  const over = Promise.withResolvers<number>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => over.resolve(0));
  // The reader of a pipe is gone, as with `npm start | head`: without a listener this would end the lab at once, and leave the daemon.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => over.resolve(0));
  const plan = await planLab({ isolated });
  const starting = startLab({ plan, flapIntervalMs: flapSeconds * 1000 });
  const lab = await Promise.race([starting, over.promise.then(() => undefined)]).catch((error: unknown) => {
    process.stderr.write(`${paint('red', 'the lab could not start')}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 'failed' as const;
  });
  if (lab === 'failed') return 1;
  if (lab === undefined) {
    await starting.then((late) => late.stop());
    return 0;
  }
  const ticker = showEvents(lab);
  lab.events.on('died', (message) => {
    ticker.end();
    process.stderr.write(`${paint('red', message)}\n`);
    over.resolve(1);
  });
  const code = await over.promise;
  ticker.end();
  process.stdout.write('\nstopping … ');
  await lab.stop();
  process.stdout.write('peers and daemon ended.\n');
  return code;
}

const [NO_WRAP, WRAP, CLEAR_LINE] = ['\u001b[?7l', '\u001b[?7h', '\u001b[2K'];

/** Shows the last few events, rewritten in place on a terminal; else line by line. */
function showEvents(lab: Lab): { end(): void } {
  const { stdout } = process;
  const endless = { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY };
  const { text, events } = welcome(lab, stdout.isTTY ? { columns: stdout.columns, rows: stdout.rows } : endless);
  stdout.write(`${text}\n`);
  const recent: string[] = [];
  lab.events.on('peer', (position, event) => {
    const line = `  ${describe(position, event)}`;
    if (!stdout.isTTY) {
      stdout.write(`${line}\n`);
      return;
    }
    const up = recent.length === 0 ? '' : `\u001b[${recent.length}A`;
    recent.push(line);
    if (recent.length > events) recent.shift();
    stdout.write(`${NO_WRAP}${up}${recent.map((line) => `${CLEAR_LINE}${line}\n`).join('')}${WRAP}`);
  });
  return {
    end() {
      lab.events.removeAllListeners('peer');
    },
  };
}

process.exitCode = await main();
