/** How late the event loop of a tsbgpd was in the last 15 to 30 seconds, as its metrics say. */
import { spawnSync } from 'node:child_process';

const QUESTION = "fetch('http://127.0.0.1:9179/metrics').then((answer) => answer.text()).then(console.log)";

/** Octets; with 700 neighbors there are more than spawnSync takes by default. */
const METRICS_MAX = 1 << 26;

export interface LoopDelay {
  readonly loop_p50_ms: number;
  readonly loop_p99_ms: number;
  readonly loop_max_ms: number;
}

/** Asked from within the network namespace of the daemon. */
export function loopDelay(host: string): LoopDelay {
  const { stdout } = spawnSync('ip', ['netns', 'exec', host, process.execPath, '-e', QUESTION], {
    encoding: 'utf8',
    timeout: 30_000,
    maxBuffer: METRICS_MAX,
  });
  const milliseconds = (name: string): number => {
    const seconds = new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)$`, 'm').exec(stdout)?.[1];
    if (seconds === undefined) throw new Error(`the metrics of the daemon have no delay of the event loop: ${stdout.slice(0, 200)}`);
    return Number(seconds) * 1000;
  };
  return { loop_p50_ms: milliseconds('p50'), loop_p99_ms: milliseconds('p99'), loop_max_ms: milliseconds('max') };
}
