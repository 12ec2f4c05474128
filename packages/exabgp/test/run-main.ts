/** Runs a command line of the program in this process, without the settings file of the machine. */
import { PassThrough } from 'node:stream';
import { main } from '../src/main.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runMain(args: readonly string[], env: NodeJS.ProcessEnv = {}, stdin = ''): Promise<Ran> {
  const [out, err, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const text = { stdout: '', stderr: '' };
  out.on('data', (chunk) => (text.stdout += String(chunk)));
  err.on('data', (chunk) => (text.stderr += String(chunk)));
  input.end(stdin);
  const code = await main(args, {
    stdin: input,
    stdout: out,
    stderr: err,
    env: { PATH: process.env['PATH'], EXABGP_ENVFILE: '/dev/null', ...env },
  });
  await new Promise((resolve) => setImmediate(resolve));
  return { code, ...text };
}
