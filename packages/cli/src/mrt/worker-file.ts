/** Where worker threads of the program begin. */

/** The program itself, which is one file when it is installed: start.ts sees that it runs in a worker. */
export function workerFile(): URL {
  const here = new URL(import.meta.url);
  if (/\/start\.[jt]s$/.test(here.pathname)) return here;
  return new URL(`../start${here.pathname.endsWith('.ts') ? '.ts' : '.js'}`, here);
}
