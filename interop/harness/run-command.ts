/** Short commands, run to their end with a time limit: `ip`, `birdc`, `vtysh` and the like. */
import { execFile } from 'node:child_process';

export interface CommandResult {
  /** Exit code, or -1 when the command could not be started or reached its time limit. */
  readonly code: number;
  /** What it printed, standard output before standard error. */
  readonly output: string;
}

const LIMIT_MS = 15_000;
const OUTPUT_BYTES_MAX = 4 << 20;

/** Runs a command and returns its exit code and output. A failure is an answer, not an exception. */
export function runCommand(command: readonly string[], options: { readonly env?: NodeJS.ProcessEnv } = {}): Promise<CommandResult> {
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { timeout: LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: OUTPUT_BYTES_MAX, env: options.env ?? process.env },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        const reason = code === -1 ? `${error?.message ?? ''}\n` : '';
        resolve({ code, output: stdout + stderr + reason });
      },
    );
    child.stdin?.end();
  });
}

/** Runs a command that must succeed. */
export async function mustRun(command: readonly string[]): Promise<string> {
  const { code, output } = await runCommand(command);
  if (code !== 0) throw new Error(`${command.join(' ')}: exit code ${code}: ${output.trim()}`);
  return output;
}

/** Splits a command line as a shell would, with '…' and "…" as the only quotes. */
export function splitCommandLine(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}
