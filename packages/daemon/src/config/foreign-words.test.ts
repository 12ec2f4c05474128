/** What other daemons call things: every word of the table is answered, and what it names exists. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allKeys } from '../../test/config/reference.ts';
import { ConfigRejected } from './config-error.ts';
import { foreignWords } from './foreign-words.ts';
import { parseConfig } from './load.ts';
import { normalizedKey } from './suggest.ts';

const GLOBAL = 'global: { as: 64500, router-id: 192.0.2.254 }\n';
const NEIGHBOR = 'neighbors:\n  - address: 192.0.2.1\n    remote-as: 64501\n    policy: accept-all\n';

/** A file with `line` in each section. */
const FILES: Readonly<Record<string, (line: string) => string>> = {
  '': (line) => `${GLOBAL}${line}\n`,
  global: (line) => `global:\n  as: 64500\n  router-id: 192.0.2.254\n  ${line}\n`,
  'global.decision': (line) => `global:\n  as: 64500\n  router-id: 192.0.2.254\n  decision:\n    ${line}\n`,
  defaults: (line) => `${GLOBAL}defaults:\n  ${line}\n`,
  'neighbors[]': (line) => `${GLOBAL}${NEIGHBOR}    ${line}\n`,
  rpki: (line) => `${GLOBAL}rpki:\n  ${line}\n`,
  'rpki.caches[]': (line) => `${GLOBAL}rpki:\n  caches:\n    - address: 192.0.2.1\n      ${line}\n`,
  api: (line) => `${GLOBAL}api:\n  ${line}\n`,
  http: (line) => `${GLOBAL}http:\n  ${line}\n`,
  log: (line) => `${GLOBAL}log:\n  ${line}\n`,
};

function messageOf(section: string, key: string): string {
  try {
    parseConfig(FILES[section]!(`${key}: 1`), 'tsbgpd.yaml');
  } catch (error) {
    assert.ok(error instanceof ConfigRejected, String(error));
    const [first] = error.errors.filter(({ code }) => code === 'unknown-key');
    return first?.message ?? '';
  }
  return '';
}

for (const section of Object.keys(FILES)) {
  test(`every foreign word of the section "${section}" has an answer, and no word is one of our own keys`, () => {
    const own = allKeys().map(({ path }) => path);
    const words = foreignWords(section);
    assert.ok(words.size > 0);
    for (const [word, meaning] of words) {
      const path = (key: string): string => (section === '' ? key : `${section}.${key}`);
      assert.ok(!own.some((one) => one.startsWith(section) && normalizedKey(one) === normalizedKey(path(word))), `${word} is a key here`);
      const isAddressOfDefaults = section === 'defaults' && meaning.type === 'key' && ['address', 'description'].includes(meaning.key);
      if (meaning.type === 'key' && !isAddressOfDefaults) assert.ok(own.includes(path(meaning.key)), `${word}: there is no ${meaning.key}`);
    }
  });
}

for (const [section, key, expected] of [
  ['neighbors[]', 'md5', 'unknown key "md5" (here it is "password")'],
  ['neighbors[]', 'tcp-ao', 'not there yet: TCP-AO'],
  ['neighbors[]', 'maximum-prefix', 'here it is "max-prefix"'],
  ['neighbors[]', 'import-limit', 'here it is "max-prefix-accepted"'],
  ['neighbors[]', 'local-role', 'here it is "role"'],
  ['neighbors[]', 'peer-as', 'unknown key "peer-as" (here it is "remote-as")'],
  ['neighbors[]', 'neighbor-as', 'here it is "remote-as"'],
  ['defaults', 'neighbor_as', 'here it is "remote-as"'],
  ['neighbors[]', 'rr-client', 'here it is "route-reflector-client"'],
  ['neighbors[]', 'update-source', 'here it is "local-address"'],
  ['neighbors[]', 'ebgp-multihop', 'here it is "multihop"'],
  ['neighbors[]', 'shutdown', '(it is "enabled: false")'],
  ['neighbors[]', 'additional-paths', '"add-path"'],
  ['neighbors[]', 'gr', 'here it is "graceful-restart"'],
  ['neighbors[]', 'llgr', 'here it is "long-lived-graceful-restart"'],
  ['global', 'graceful-restart', 'it is a key of neighbors'],
  ['neighbors[]', 'passwrod', 'did you mean "password"?'],
  ['neighbors[]', 'afi-safis', 'here it is "families"'],
  ['neighbors[]', 'router-id', 'it belongs into "global"'],
  ['global', 'hold-time', 'it belongs into "defaults"'],
  ['global', 'asn', 'here it is "as"'],
  ['global', 'bestpath', 'here it is "decision"'],
  ['global', 'always-compare-med', 'it is a switch in "decision"'],
  ['global.decision', 'prefer-older', 'here it is "prefer-oldest"'],
  ['global.decision', 'med-missing-as-worst', 'here it is "missing-med-as-worst"'],
  ['global.decision', 'weight', 'there is no weight'],
  ['defaults', 'address', 'it belongs into "neighbors[]"'],
  ['', 'peers', 'here it is "neighbors"'],
  ['', 'router-id', 'it belongs into "global"'],
  ['', 'rpki-servers', 'here it is "rpki"'],
  ['rpki', 'servers', 'here it is "caches"'],
  ['rpki.caches[]', 'host', 'here it is "address"'],
  ['', 'unix-socket', 'it belongs into "api"'],
  ['api', 'neighbors', 'it belongs at the top of the file'],
  ['api', 'tls', 'not there yet: authentication'],
  ['log', 'file', 'the log goes to standard output'],
  ['neighbors[]', 'hold-time:90, x', 'a ":" needs a space behind it'],
] as const) {
  test(`"${key}" in "${section}" is answered by what it is called here, or that it is not there yet`, () => {
    const message = messageOf(section, key);
    assert.ok(message.includes(expected), message);
  });
}

test('a word that nobody knows gets no guess, and a very long one is cut', () => {
  assert.doesNotMatch(messageOf('neighbors[]', 'weather'), /\(/);
  assert.ok(messageOf('neighbors[]', 'x'.repeat(1000)).length < 2000);
  for (const word of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
    assert.match(messageOf('neighbors[]', word), /unknown key/);
});
