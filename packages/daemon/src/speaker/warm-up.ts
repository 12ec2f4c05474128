/**
 * Between the start of the daemon and the first session: a small load is played in the background, so that the tables that come then meet
 * compiled code (`WarmUp` of @tsbgp/rib).
 */
import { type Rib, WarmUp } from '@tsbgp/rib';
import type { Background } from './background.ts';

/** What is compiled stays compiled: once for the process. */
let isWarm = false;

/** Resolves when the load was played, or as soon as a session is up: then the real load does the rest. */
export async function warmUp(rib: Pick<Rib, 'sessionCount'>, background: Pick<Background, 'run'>): Promise<void> {
  if (isWarm) return;
  isWarm = true;
  const load = new WarmUp();
  await background.run((deadline) => {
    let more = rib.sessionCount === 0;
    while (more && performance.now() < deadline) more = load.slice();
    return !more;
  });
}
