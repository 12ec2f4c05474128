/** Plays the steps of a process of the corpus: `node player.ts STEPS.json`. The README of the corpus says what the steps mean. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Expectation {
  readonly contains?: readonly string[];
  readonly equals?: string;
  readonly starts_with?: string;
  readonly regex?: string;
  readonly json?: true | Readonly<Record<string, unknown>>;
  readonly json_keys?: readonly string[];
  readonly any_of?: readonly Expectation[];
}

interface Step {
  readonly send?: string;
  readonly send_many?: readonly string[];
  readonly sleep_ms?: number;
  readonly wait_ack?: number;
  readonly timeout_ms?: number;
  readonly required?: boolean;
  readonly expect_no_ack_ms?: number;
  readonly expect_line?: Expectation;
  readonly expect_reply?: null | '*' | Readonly<Record<string, unknown>>;
  readonly read_until?: string;
  readonly read_line?: { readonly timeout_ms?: number };
  readonly must_contain?: readonly string[];
  readonly must_contain_any?: readonly string[];
  readonly wait_shutdown_ms?: number;
  readonly loop?: readonly Step[];
  readonly loop_lines?: readonly { readonly contains: string; readonly then: readonly Step[] }[];
  readonly run_healthcheck?: readonly string[];
  readonly exit?: number;
  readonly break?: boolean;
  readonly on_other?: readonly Step[];
}

const lines: string[] = [];
let wake: () => void = () => {};
let isEnded = false;
let partial = '';

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text: string) => {
  const parts = (partial + text).split('\n');
  partial = parts.pop() ?? '';
  lines.push(...parts.filter((line) => line !== ''));
  wake();
});
process.stdin.on('end', () => {
  isEnded = true;
  wake();
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function readLine(timeout: number): Promise<string | undefined> {
  const until = Date.now() + timeout;
  while (lines.length === 0 && !isEnded && Date.now() < until) {
    await Promise.race([
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
      sleep(until - Date.now()),
    ]);
  }
  return lines.shift();
}

function answerOf(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    return String((JSON.parse(line) as { answer?: string }).answer ?? '');
  } catch {
    return '';
  }
}

function fail(reason: string): never {
  process.stderr.write(`player: ${reason}\n`);
  process.exit(1);
}

function matches(line: string, wanted: Expectation): boolean {
  if (wanted.any_of !== undefined) return wanted.any_of.some((each) => matches(line, each));
  if (wanted.contains?.some((text) => !line.includes(text)) === true) return false;
  if (wanted.equals !== undefined && line !== wanted.equals) return false;
  if (wanted.starts_with !== undefined && !line.startsWith(wanted.starts_with)) return false;
  if (wanted.regex !== undefined && !new RegExp(wanted.regex).test(line)) return false;
  if (wanted.json === undefined && wanted.json_keys === undefined) return true;
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    const members = wanted.json === true ? {} : (wanted.json ?? {});
    return Object.entries(members).every(([key, each]) => value[key] === each) && (wanted.json_keys ?? []).every((key) => key in value);
  } catch {
    return false;
  }
}

async function waitAck(count: number, timeout: number): Promise<boolean> {
  const until = Date.now() + timeout;
  let seen = 0;
  while (seen < count) {
    const line = await readLine(until - Date.now());
    if (line === undefined) return false;
    const answer = answerOf(line);
    if (answer === 'shutdown') process.exit(0);
    if (answer === 'error') return false;
    if (answer === 'done') seen++;
  }
  return true;
}

async function expectReply(step: Step): Promise<void> {
  const wanted = step.expect_reply;
  const data: Record<string, unknown>[] = [];
  let end = '';
  for (;;) {
    const line = await readLine(step.timeout_ms ?? 2000);
    if (line === undefined) break;
    const answer = answerOf(line);
    if (['done', 'error', 'shutdown'].includes(answer)) {
      end = answer;
      break;
    }
    try {
      data.push(JSON.parse(line) as Record<string, unknown>);
    } catch {
      data.push({ text: line });
    }
  }
  if (wanted === null || wanted === undefined) return;
  const isError = wanted !== '*' && wanted['answer'] === 'error';
  if (isError) {
    if (end !== 'error' || data.length > 0) fail(`${step.send}: expected an error, got ${end} and ${JSON.stringify(data)}`);
    return;
  }
  if (end !== 'done') fail(`${step.send}: expected done, got "${end}" and ${JSON.stringify(data)}`);
  if (wanted === '*') return;
  const object = data[0] ?? { answer: end };
  for (const [key, value] of Object.entries(wanted)) {
    if (!(key in object) || (value !== '*' && object[key] !== value))
      fail(`${step.send}: no ${key} of ${JSON.stringify(value)} in ${JSON.stringify(object)}`);
  }
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** True: leave the loop. */
async function play(steps: readonly Step[]): Promise<boolean> {
  for (const step of steps) if (await playOne(step)) return true;
  return false;
}

async function playOne(step: Step): Promise<boolean> {
  if (step.send !== undefined) {
    write(step.send);
    if ('expect_reply' in step) await expectReply(step);
  }
  if (step.send_many !== undefined) write(step.send_many.join('\n'));
  if (step.sleep_ms !== undefined) await sleep(step.sleep_ms);
  if (step.wait_ack !== undefined) {
    const ok = await waitAck(step.wait_ack, step.timeout_ms ?? 2000);
    if (!ok && step.required === true) fail('no acknowledgement');
  }
  if (step.expect_no_ack_ms !== undefined && (await waitAck(1, step.expect_no_ack_ms))) fail('an acknowledgement where none was expected');
  if (step.expect_line !== undefined) {
    const line = await readLine(step.timeout_ms ?? 5000);
    if ((line === undefined || !matches(line, step.expect_line)) && step.required !== false)
      fail(`${line} is not ${JSON.stringify(step.expect_line)}`);
  }
  if (step.read_until !== undefined) await readUntil(step, step.read_until);
  if (step.read_line !== undefined) await expectShutdown(step.read_line.timeout_ms ?? 60_000);
  if (step.wait_shutdown_ms !== undefined) await waitShutdown(step.wait_shutdown_ms);
  if (step.loop !== undefined) while (!isEnded && !(await play(step.loop)));
  if (step.loop_lines !== undefined) await loopLines(step.loop_lines);
  if (step.run_healthcheck !== undefined) await runHealthcheck(step.run_healthcheck);
  if (step.exit !== undefined) process.exit(step.exit);
  return step.break === true;
}

async function readUntil(step: Step, last: string): Promise<void> {
  const seen: string[] = [];
  for (let line = await readLine(5000); line !== undefined && line !== last; line = await readLine(5000)) seen.push(line);
  const text = seen.join('\n');
  if (step.must_contain?.some((each) => !text.includes(each)) === true) fail(`${text} has not all of ${step.must_contain.join(', ')}`);
  const any = step.must_contain_any?.filter((each) => !each.startsWith('<'));
  if (any !== undefined && !any.some((each) => text.includes(each))) fail(`${text} has none of ${any.join(', ')}`);
}

/** Of a process that subscribes to nothing: any line but the last one gives it away on the wire. */
async function expectShutdown(timeout: number): Promise<void> {
  const line = await readLine(timeout);
  if (line !== undefined && !line.includes('shutdown')) write('announce route 6.6.6.0/24 next-hop 9.9.9.9');
}

async function waitShutdown(timeout: number): Promise<void> {
  const until = Date.now() + timeout;
  for (let line = await readLine(timeout); line !== undefined && !line.includes('shutdown'); line = await readLine(until - Date.now()));
}

async function loopLines(rules: NonNullable<Step['loop_lines']>): Promise<void> {
  for (;;) {
    const line = await readLine(60_000);
    if (line === undefined) return;
    const rule = rules.find(({ contains }) => line.includes(contains));
    if (rule !== undefined && (await play(rule.then))) return;
  }
}

async function runHealthcheck(args: readonly string[]): Promise<void> {
  const marker = `/tmp/exabgp-player-${process.pid}`;
  const once = `if [ -e ${marker} ]; then exit 1; fi; touch ${marker}`;
  const words = args.map((arg) => (arg.startsWith('<') ? once : arg));
  const child = spawn(process.execPath, [...process.execArgv, process.env['EXABGP_TEST_BIN']!, 'exabgp', 'healthcheck', ...words], {
    stdio: 'inherit',
  });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  await new Promise((resolve) => child.on('exit', resolve));
}

await play((JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as { steps: readonly Step[] }).steps);
process.exit(0);
