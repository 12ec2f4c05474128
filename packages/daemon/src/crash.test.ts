/** A whole daemon whose RIB throws: an ordinary error costs one session, a broken invariant all of them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fromHex } from '@tsbgp/wire';
import { until } from '../test/api-server/serve.ts';
import { RawPeer } from '../test/raw-peer.ts';

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly port?: number;
}

/** 192.0.0.0/24 by AS 65002: more than the End-of-RIB that the patched RIB lets pass. */
const UPDATE = fromHex(
  'ffffffffffffffffffffffffffffffff0036 02 0000 001b 40010100 4002060201 0000fdea 4003047f000002 c00804fdea029a 18c00000',
);

/** The ingestion of an UPDATE throws. */
const INGEST = (error: string): string => `
    const ingest = Rib.prototype.ingest;
    Rib.prototype.ingest = function (peer, bytes, start, end) {
      if (peer.options.name === '127.0.0.2' && end - start > 10) throw ${error};
      return ingest.call(this, peer, bytes, start, end);
    };`;

/** A daemon with the neighbors 127.0.0.2 and 127.0.0.3 in which `patch` makes the RIB throw `error`. */
async function daemon(t: TestContext, error: string, { patch = INGEST(error), keys = '' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-crash-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'tsbgpd.yaml');
  writeFileSync(
    config,
    `global: { as: 64500, router-id: 192.0.2.254, listen: ["127.0.0.1:0"] }
api: { unix-socket: none }
http: { listen: "127.0.0.1:0" }
defaults: { policy: accept-all, passive: true }
neighbors: [{ address: 127.0.0.2, remote-as: 65002 }, { address: 127.0.0.3, remote-as: 65003 }]
${keys}`,
  );
  const code = `
    import { BrokenInvariant, Rib } from '@tsbgp/rib';
    import { main } from ${JSON.stringify(join(import.meta.dirname, 'main.ts'))};
    import { loadParts } from ${JSON.stringify(join(import.meta.dirname, 'parts.ts'))};
    ${patch}
    process.exit(await main(process.argv.slice(1), { out() {}, err() {}, loadParts }));
  `;
  const child = spawn(
    process.execPath,
    ['--conditions=tsbgp-source', '--input-type=module', '--eval', code, '--', '--log-format=json', config],
    // The code of --eval is resolved from here, where @tsbgp/rib is known.
    { stdio: ['ignore', 'pipe', 'inherit'], cwd: import.meta.dirname, env: { ...process.env, TSBGP_STATE_DIR: folder } },
  );
  t.after(() => child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines: Line[] = [];
  let text = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const whole = text.split('\n');
      text = whole.pop()!;
      lines.push(...whole.map((line) => JSON.parse(line) as Line));
      if (lines.some(({ msg }) => msg.includes(' started: '))) resolve();
    });
    child.stdout.once('end', resolve);
  });
  const port = (what: string) => lines.find(({ msg }) => msg.startsWith(what))!.port!;
  const [sender, bystander] = [new RawPeer(port('BGP listening'), 2), new RawPeer(port('BGP listening'), 3)];
  await Promise.all([sender.up(), bystander.up()]);
  t.after(() => Promise.all([sender.close(), bystander.close()]));
  return { child, ended, lines, folder, sender, bystander, http: port('HTTP listening') };
}

test('an ordinary error in the RIB: Cease/8 to that peer, counted; the daemon and its other sessions go on', {
  timeout: 30_000,
}, async (t) => {
  const { child, ended, lines, sender, bystander, http } = await daemon(t, "new TypeError('a bug')");
  await sender.write(UPDATE);
  await sender.until(() => sender.notifications.length > 0, 'a NOTIFICATION');
  assert.deepEqual(sender.notifications, ['6/8']);
  const metrics = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
  assert.match(metrics, /^tsbgp_contained_exceptions_total\{place="session"\} 1$/m);
  assert.match(
    metrics,
    /^tsbgp_neighbor_notifications_total\{neighbor="127\.0\.0\.2",remote_as="65002",direction="sent",code="6",subcode="8"\} 1$/m,
  );
  assert.deepEqual([bystander.notifications, bystander.closed], [[], false]);
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
  assert.deepEqual(bystander.notifications, ['6/2']);
  assert.equal(lines.filter(({ level }) => level === 'error').length, 1);
});

test('a broken invariant of the RIB: Cease/8 to every peer, a crash report, exit status 1', { timeout: 30_000 }, async (t) => {
  const { ended, lines, folder, sender, bystander } = await daemon(t, "new BrokenInvariant('broken invariant of the RIB: injected')");
  await sender.write(UPDATE);
  await Promise.all([sender, bystander].map((peer) => peer.until(() => peer.notifications.length > 0, 'a NOTIFICATION')));
  assert.deepEqual([sender.notifications, bystander.notifications], [['6/8'], ['6/8']]);
  assert.equal(await ended, 1);
  assert.ok(lines.some(({ level, msg }) => level === 'fatal' && msg === 'broken invariant of the RIB: injected'));
  assert.equal(readdirSync(folder).filter((name) => name.startsWith('tsbgpd-crash-')).length, 1);
});

/** A program that writes `commands` when it hears of an UPDATE, which makes the RIB throw `error`. */
const withProgram = (error: string, commands: readonly string[]) => ({
  patch: `Rib.prototype.internLocal = () => { throw ${error}; };`,
  keys: `processes: [{ name: a, run: [/bin/sh, -c, "read line; ${commands.map((each) => `echo ${each}`).join('; ')}; sleep 600"], receive: [update] }]
`,
});
const ROUTE = 'announce route 203.0.113.0/24 next-hop self';

for (const commands of [[ROUTE], ['group start', ROUTE, 'group end']]) {
  test(`a broken invariant in a command of a program stops the daemon too: ${commands[0]}`, { timeout: 30_000 }, async (t) => {
    const error = "new BrokenInvariant('broken invariant of the RIB: injected')";
    const { ended, lines, folder, sender, bystander } = await daemon(t, error, withProgram(error, commands));
    await sender.write(UPDATE);
    await Promise.all([sender, bystander].map((peer) => peer.until(() => peer.notifications.length > 0, 'a NOTIFICATION')));
    assert.deepEqual([sender.notifications, bystander.notifications], [['6/8'], ['6/8']]);
    assert.equal(await ended, 1);
    assert.ok(lines.some(({ level, msg }) => level === 'fatal' && msg === 'broken invariant of the RIB: injected'));
    assert.equal(readdirSync(folder).filter((name) => name.startsWith('tsbgpd-crash-')).length, 1);
  });
}

test('an ordinary error in a command of a program is counted, and costs that command', { timeout: 30_000 }, async (t) => {
  const error = "new TypeError('a bug')";
  const { child, ended, lines, sender, bystander, http } = await daemon(t, error, withProgram(error, [ROUTE]));
  await sender.write(UPDATE);
  await until(() => lines.some(({ msg }) => msg.includes('internal error: a bug in "announce route')), 'the error in the log');
  const metrics = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
  assert.match(metrics, /^tsbgp_contained_exceptions_total\{place="program"\} 1$/m);
  assert.deepEqual([sender.closed, bystander.closed], [false, false]);
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
});
