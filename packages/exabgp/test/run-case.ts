/** Runs a case of the corpus against the program, started as a user would. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CorpusServer } from './bgp-server.ts';
import type { CorpusCase, CorpusSession } from './corpus.ts';

const BIN = join(import.meta.dirname, '../../cli/src/bin.ts');
const PLAYER = join(import.meta.dirname, 'player.ts');
const NODE_OPTIONS = ['--conditions=tsbgp-source', '--no-warnings'];
const CASE_MS_MAX = 40_000;

/** What went wrong, or undefined. */
export async function runCase(found: CorpusCase, sessions: readonly CorpusSession[] = found.sessions): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'exabgp-case-'));
  const server = new CorpusServer(found, sessions, { signal: (name) => child.kill(name) });
  const port = await server.listen();
  const hasPeer = found.kind !== 'api-process' && found.kind !== 'api-cli';
  if (!hasPeer) server.close();
  const files = writeFiles(found, folder);
  const env = {
    ...process.env,
    exabgp_tcp_port: String(port),
    exabgp_tcp_attempts: String(found.settings.tcp_attempts),
    exabgp_tcp_bind: '',
    exabgp_api_cli: 'false',
    exabgp_debug_rotate: 'true',
    exabgp_version: '5.0.0-0+test',
    exabgp_daemon_drop: 'false',
    exabgp_log_level: 'DEBUG',
    exabgp_log_all: 'true',
    EXABGP_TEST_BIN: BIN,
    ...found.environment,
  };
  const child = spawn(process.execPath, [...NODE_OPTIONS, BIN, 'exabgp', 'server', ...files], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const timer = setTimeout(() => server.timedOut(), CASE_MS_MAX);
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  try {
    if (!hasPeer) return await withoutPeer(exit, timer, () => output);
    void exit.then(() => server.ended());
    const problem = await server.result;
    return problem === undefined ? undefined : `${problem}\n${output}`;
  } finally {
    clearTimeout(timer);
    server.close();
    if (child.exitCode === null) child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), 5000);
    await exit;
    clearTimeout(kill);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The process judges; the program must end by itself, without a complaint of the player. */
async function withoutPeer(exit: Promise<number | null>, timer: NodeJS.Timeout, output: () => string): Promise<string | undefined> {
  const code = await Promise.race([exit, new Promise<'late'>((resolve) => setTimeout(resolve, CASE_MS_MAX, 'late').unref())]);
  clearTimeout(timer);
  if (code === 0 && !output().includes('player: ')) return undefined;
  return `exit code ${code}\n${output()}`;
}

function writeFiles(found: CorpusCase, folder: string): string[] {
  const runs = new Map<string, string>();
  for (const [i, process_] of (found.processes ?? []).entries()) {
    const steps = join(folder, `steps-${i}.json`);
    writeFileSync(steps, JSON.stringify({ steps: process_.steps }));
    runs.set(process_.run, `${process.execPath} ${NODE_OPTIONS.join(' ')} ${PLAYER} ${steps}`);
  }
  const texts = found.config_files ?? [{ name: found.config_file ?? 'case.conf', text: found.config ?? '' }];
  return texts.map(({ name, text }) => {
    const file = join(folder, name);
    writeFileSync(
      file,
      text.replaceAll(/run (\S+);/g, (whole, run: string) => (runs.has(run) ? `run ${runs.get(run)};` : whole)),
    );
    return file;
  });
}
