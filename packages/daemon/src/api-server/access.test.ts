import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DescService } from '@bufbuild/protobuf';
import { createTsbgpClient } from '@tsbgp/api';
import { accessRows } from '../../test/api-server/access-table.ts';
import { type Served, serve } from '../../test/api-server/serve.ts';
import { API_ROLES, type ApiAccess, type ApiRole, ROLE_TIERS, sha256 } from '../api-access.ts';
import { parseConfig } from '../config/load.ts';
import type { ControlPlane } from '../control-plane.ts';
import { TIERS } from './access.ts';
import { addServices } from './services.ts';

const TOKENS = { 'read-only': 'reader-0123456789abcdef', operator: 'operator-0123456789abcdef', admin: 'admin-0123456789abcdef' };
const tokens = Object.entries(TOKENS).map(([role, token]) => ({ role: role as ApiRole, sha256: sha256(token).toString('hex') }));

/** Every service that the daemon has. */
function services(): DescService[] {
  const found: DescService[] = [];
  const router = { service: (descriptor: DescService) => void found.push(descriptor) };
  addServices(router as never, {} as ControlPlane, {} as never);
  return found;
}

const METHODS = services().flatMap(({ typeName, methods }) =>
  methods.map(({ name }) => ({ service: typeName, name, path: `${typeName}/${name}` })),
);

/** The status of an empty call: 401 or 403 where access is denied. */
async function call({ url }: Served, path: string, token?: string): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${url}/${path}`, { method: 'POST', headers, body: '{}' });
  return { status: response.status, text: await response.text() };
}

async function served(t: { after(action: () => Promise<void>): void }, access: ApiAccess): Promise<Served> {
  const api = await serve(undefined, { access });
  t.after(() => api.stop());
  return api;
}

test('every method of every service has a tier, and nothing else has one', () => {
  const rows = Object.entries(TIERS).flatMap(([service, methods]) => Object.keys(methods).map((name) => `${service}/${name}`));
  assert.deepEqual(rows.toSorted(), METHODS.map(({ path }) => path).toSorted());
  assert.ok(rows.length > 40);
});

for (const role of API_ROLES) {
  for (const how of role === 'none' ? ['no token'] : ['no token', 'a token']) {
    test(`${role} with ${how}: exactly what the table says, for every method`, async (t) => {
      const byToken = how === 'a token';
      const api = await served(t, { role: byToken ? 'none' : role, tokens });
      for (const { service, name, path } of METHODS) {
        const { status } = await call(api, path, byToken ? TOKENS[role as keyof typeof TOKENS] : undefined);
        const isAllowed = ROLE_TIERS[role].includes(TIERS[service]![name]!);
        assert.equal(status !== 401 && status !== 403, isAllowed, `${path}: ${status}`);
        if (!isAllowed) assert.equal(status, role === 'none' ? 401 : 403, path);
      }
    });
  }
}

test('a token that is not known is refused whatever the role, and counted; the answer has no part of it', async (t) => {
  const api = await served(t, { role: 'admin', tokens });
  for (const token of ['', 'x', `${TOKENS.admin}x`, TOKENS.admin.slice(1)]) {
    const { status, text } = await call(api, 'tsbgp.v1.ControlService/GetHealth', token);
    assert.equal(status, 401, token);
    assert.ok(!text.includes('admin-'));
  }
  assert.match(api.metrics(), /tsbgp_api_refused_total\{reason="token"\} 4\n/);
  const basic = await fetch(`${api.url}/tsbgp.v1.ControlService/GetHealth`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa('admin:x')}` },
    body: '{}',
  });
  assert.equal(basic.status, 401);
  assert.equal(basic.headers.get('www-authenticate'), 'Bearer');
});

test('no answer to a web page allows it anything (CORS)', async (t) => {
  const api = await served(t, { role: 'admin', tokens: [] });
  for (const origin of ['http://evil.example', api.url]) {
    for (const method of ['OPTIONS', 'POST']) {
      const headers = { origin, 'content-type': 'application/json', 'access-control-request-method': 'POST' };
      const body = method === 'POST' ? '{}' : null;
      const response = await fetch(`${api.url}/tsbgp.v1.ControlService/GetHealth`, { method, headers, body });
      assert.equal(response.ok, method === 'POST' && origin === api.url);
      assert.deepEqual(
        [...response.headers.keys()].filter((name) => name.startsWith('access-control-')),
        [],
      );
    }
  }
});

test('gRPC clients: the status names the role that is needed; the unix socket may do everything', async (t) => {
  const api = await served(t, { role: 'none', tokens });
  const reader = createTsbgpClient({ address: api.url, token: TOKENS['read-only'] });
  assert.equal((await reader.control.getHealth({})).healthy, true);
  await assert.rejects(reader.control.shutdown({}), {
    code: 'PERMISSION_DENIED',
    message: 'tsbgp.v1.ControlService/Shutdown needs the role admin; yours is read-only',
  });
  await assert.rejects(Array.fromAsync(createTsbgpClient({ address: api.url }).rib.watchRoutes({})), { code: 'UNAUTHENTICATED' });
  assert.deepEqual(api.control.shutdowns, []);
  await api.client.neighbors.addNeighbor({ neighbor: { address: '192.0.2.1', remoteAs: 65_002 } });
});

test('api.role and api.tokens: files are read with the configuration; an error has no part of a token', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-tokens-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'noc.token'), `${TOKENS.operator}\n`);
  writeFileSync(join(folder, 'short.token'), 'hunter2');
  writeFileSync(join(folder, 'two.token'), 'one-line-of-a-token-file\nanother');
  const text = (file: string): string =>
    `global: { as: 64500, router-id: 192.0.2.254 }\napi: { role: none, tokens: [ { file: ${file}, role: operator } ] }\n`;
  const parse = (file: string) => parseConfig(text(file), join(folder, 'tsbgpd.yaml'));
  const { access } = parse('noc.token').config.api;
  assert.deepEqual(access, { role: 'none', tokens: [{ role: 'operator', sha256: sha256(TOKENS.operator).toString('hex') }] });
  const refused = [
    ['missing.token', 'cannot be read: ENOENT'],
    ['short.token', 'has 7 characters'],
    ['two.token', 'has blanks or several lines'],
  ] as const;
  for (const [file, because] of refused) {
    assert.throws(
      () => parse(file),
      ({ message }: Error) => message.includes(`api.tokens[0].file: found "${file}" (${because})`) && !message.includes('hunter2'),
    );
  }
});

test('docs/security.md has the table', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/security.md'), 'utf8');
  assert.ok(text.includes(`| tier | roles | calls |\n|---|---|---|\n${accessRows().join('\n')}\n\n`));
});
