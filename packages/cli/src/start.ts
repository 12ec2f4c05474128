/** The program `tsbgp`. bin.ts imports it after checking the version of Node; worker threads of the program begin here, too. */
import { isMainThread, workerData } from 'node:worker_threads';

// Each imports only what it needs.
if (!isMainThread && (workerData as { readonly kind?: unknown } | null)?.kind === 'tsbgp-mrt')
  (await import('./mrt/worker.ts')).serveMrtWorker();
else await import('./main.ts');
