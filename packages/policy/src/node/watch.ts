/**
 * `watch` of `ScriptOptions` for Node. V8 stops a script, and all that it calls, when its time is over: it is told so by a thread that
 * `node:vm` starts for the time of the call. That costs 0.2 to 0.3 ms, so a batch of evaluations is watched, not each of them.
 */
import { Script } from 'node:vm';

const RUN = '__tsbgpPolicyBatch';
const script = new Script(`globalThis.${RUN}()`, { filename: 'policy-batch' });

/** Runs `run`; false when it had to be stopped. What `run` throws is thrown on. */
export function watch(run: () => void, milliseconds: number): boolean {
  const shared = globalThis as unknown as Record<string, unknown>;
  const before = shared[RUN];
  shared[RUN] = run;
  try {
    script.runInThisContext({ timeout: milliseconds });
    return true;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  } finally {
    shared[RUN] = before;
  }
}
