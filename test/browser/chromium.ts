/** Loads a page in headless Chromium and returns what it shows. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Prefix of the folder that a run makes and removes. */
export const PROFILE_PREFIX = `tsbgp-browser-${process.pid}-`;

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser to use, or undefined. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':').concat('/usr/bin');
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(runs);
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // it does not exist or does not run
  }
}

/**
 * The document of the page as text, after loading. It has no network. Rejects after `milliseconds`. In any case the browser ends and its profile is
 * removed.
 */
export async function dumpDom(chromium: string, html: string, milliseconds: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), PROFILE_PREFIX));
  const page = join(folder, 'page.html');
  writeFileSync(page, html);
  // In a separate process group, because the browser is several processes.
  const browser = spawn(
    chromium,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--host-resolver-rules=MAP * ~NOTFOUND',
      '--no-first-run',
      `--user-data-dir=${join(folder, 'profile')}`,
      '--dump-dom',
      pathToFileURL(page).href,
    ],
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let [dom, said] = ['', ''];
  browser.stdout.setEncoding('utf8').on('data', (text: string) => (dom += text));
  browser.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${chromium} did not end within ${milliseconds} ms:\n${said}`)), milliseconds);
      browser.on('error', reject);
      browser.on('close', (code) => {
        clearTimeout(timer);
        if (code === 0) resolve(dom);
        else reject(new Error(`${chromium} ended with ${code}:\n${said}`));
      });
    });
  } finally {
    killGroup(browser.pid);
    if (browser.exitCode === null && browser.signalCode === null && browser.pid !== undefined) await once(browser, 'exit');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group has ended.
  }
}
