/** `decode`, `encode`, `validate`, `env`, `version`: the corpus, and what a person types. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type CorpusCase, corpusFiles, corpusJson, corpusPath, SKIP } from '../../test/corpus.ts';
import { runMain } from '../../test/run-main.ts';

/** JSON whose integers beyond 2^53 are text. */
function exact(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) ? context?.source : value,
  );
}

/** Without the members that change. */
function comparable(text: string): unknown {
  const value = exact(text) as Record<string, unknown>;
  for (const name of ['exabgp', 'time', 'host', 'pid', 'ppid', 'counter']) delete value[name];
  return value;
}

interface DecodingCase {
  readonly command_line: readonly string[];
  readonly json: object;
  readonly json_v5: object | null;
}

for (const file of corpusFiles('decoding')) {
  test(`decode: ${file}`, async () => {
    const { readFileSync } = await import('node:fs');
    const text = readFileSync(corpusPath(`decoding/${file}`), 'utf8');
    const found = exact(text) as DecodingCase;
    // SR Policy and the rate limit in packets are of version 6.
    const isSix = found.json_v5 === null;
    const ran = await runMain(found.command_line, isSix ? { exabgp_api_version: '6' } : {});
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assert.deepEqual(comparable(ran.stdout), comparable(JSON.stringify(found.json_v5 ?? found.json)));
  });
}

test('decode: what is no message', async () => {
  assert.deepEqual(await runMain(['decode', 'zz']), { code: 1, stdout: 'invalid payload\n', stderr: '' });
  assert.equal((await runMain(['decode', '--update', 'ffff'])).code, 1);
});

interface ManifestNeighbor {
  readonly name: string;
  readonly updates?: readonly string[];
  readonly updates_count: number;
  readonly updates_sha256: string;
}

test('every file of parsing/ is accepted, and gives the neighbors and messages of the manifest', { skip: SKIP }, async () => {
  const { cases } = corpusJson<{ cases: readonly { file: string; neighbors: readonly ManifestNeighbor[] }[] }>('parsing/manifest.json')!;
  const { readFileSync } = await import('node:fs');
  const folder = mkdtempSync(join(tmpdir(), 'exabgp-parsing-'));
  try {
    for (const { file, neighbors } of cases) {
      const path = join(folder, file);
      writeFileSync(path, readFileSync(corpusPath(`parsing/${file}`), 'utf8').replaceAll(/run \.\/run\/[^;]*;/g, 'run /bin/sh;'));
      const named = await runMain(['validate', '-n', path]);
      assert.deepEqual(named, { code: 0, stdout: neighbors.map(({ name }) => `${name}\n`).join(''), stderr: '' }, file);
      const lines = (await runMain(['validate', '-r', path])).stdout.split('\n').filter(Boolean).sort();
      assert.equal(
        lines.length,
        neighbors.reduce((sum, each) => sum + each.updates_count, 0),
        file,
      );
      if (neighbors.length !== 1) continue;
      const hash = createHash('sha256')
        .update(`${lines.join('\n')}\n`)
        .digest('hex');
      const updates = neighbors[0]?.updates;
      if (updates !== undefined) assert.deepEqual(lines, updates.toSorted(), file);
      assert.equal(hash, neighbors[0]?.updates_sha256, file);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Commands of the corpus, which are for version 4, beside the message that each gives. */
for (const folder of ['encoding', 'api']) {
  for (const file of corpusFiles(folder)) {
    test(`encode: the commands of ${folder}/${file}`, async () => {
      const found = corpusJson<CorpusCase>(`${folder}/${file}`)!;
      const home = mkdtempSync(join(tmpdir(), 'exabgp-encode-'));
      try {
        const path = join(home, 'case.conf');
        const config = found.config ?? found.config_files?.[0]?.text ?? '';
        writeFileSync(path, config.replaceAll(/run \.\/run\/[^;]*;/g, 'run /bin/sh;'));
        for (const message of found.sessions.flatMap(({ stages }) => stages.flatMap((stage) => stage.messages))) {
          // `announce attributes` sorts; `group` and `attributes` alone are of version 6, and MP_UNREACH_NLRI is at another place there.
          const { command, raw } = message;
          if (
            typeof command !== 'string' ||
            message.type !== 'update' ||
            !/^(announce|withdraw) (route|attributes|ipv[46] (?!flow))/.test(command)
          )
            continue;
          if (command.startsWith('withdraw') && !command.startsWith('withdraw route')) continue;
          const local = found.settings.server_asn === null ? [] : ['-z', String(found.settings.server_asn)];
          const ran = await runMain(['encode', '-c', path, ...local, command]);
          assert.equal(ran.stdout.trim(), raw, command);
        }
      } finally {
        rmSync(home, { recursive: true });
      }
    });
  }
}

test('validate: an error says the place, what was found and what is allowed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'exabgp-validate-'));
  try {
    const path = join(folder, 'wrong.conf');
    writeFileSync(path, 'neighbor 192.0.2.1 {\n\tlocal-address 192.0.2.2;\n\tcapability {\n\t\tadd-path both;\n\t}\n}\n');
    const ran = await runMain(['validate', path]);
    assert.equal(ran.code, 1);
    assert.equal(
      ran.stderr,
      `exabgp: ${path}:4: neighbor 192.0.2.1 > capability found "both", allowed is disable, send, receive or send/receive\n  add-path both;\n`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('env -d shows what differs from the defaults; a wrong value is refused', async () => {
  // Not the file that Debian's package of ExaBGP leaves on a machine.
  const noFile = { EXABGP_ENVFILE: devNull };
  assert.equal(
    (await runMain(['env', '-d'], { ...noFile, 'exabgp.tcp.port': '1790', exabgp_api_ack: 'false' })).stdout,
    '[exabgp.tcp]\nport = 1790\n\n[exabgp.api]\nack = false\n\n',
  );
  const wrong = await runMain(['env'], { ...noFile, exabgp_tcp_port: 'many' });
  assert.deepEqual(wrong, {
    code: 1,
    stdout: '',
    stderr: 'exabgp: exabgp.tcp.port: found "many", allowed is a whole number, e.g. "179"\n',
  });
});

test('version', async () => {
  assert.match((await runMain(['version'])).stdout, /^ExaBGP : 5\.0\.0\+tsbgp\./);
});
