/**
 * `node tools/conformance.ts`: runs the vector tests of @tsbgp/wire, @tsbgp/mrt and @tsbgp/bmp, and writes docs/conformance.md from their results.
 *
 * The title of a test ends with the area and the identifier of its vector: `… update: <id>`. A test of a vector that is not met is marked
 * `todo`, or its title ends with `: not met: <why>`. Needs the shared vectors beside the repository.
 */
import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';

const ROOT = join(import.meta.dirname, '..');
const WIRE = join(ROOT, '..', 'shared', 'conformance', 'wire');

/** Areas of protocols that are not asked here, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = { rtr: 'RPKI-RTR: tests of @tsbgp/rpki, all met' };

interface Vector {
  readonly id: string;
  readonly kind: string;
}

/** By area and identifier (`update: x/y`): why the vector is not met; empty when it is met. Vectors without a test are missing. */
const outcomes = new Map<string, Set<string>>();

async function runTests(): Promise<void> {
  const files = globSync('packages/{wire,mrt,bmp}/src/**/{*vectors,communities,robustness}.test.ts', { cwd: ROOT });
  const events = run({ cwd: ROOT, files, execArgv: ['--conditions=tsbgp-source'] });
  for await (const { type, data } of events) {
    if ((type !== 'test:pass' && type !== 'test:fail') || data.skip !== undefined) continue;
    const [title = '', notMet] = data.name.split(': not met: ');
    // `errors: <id> is treat-as-withdraw`; for ExaBGP `ExaBGP <folder>/<file>#<place>`.
    const key = /^ExaBGP \w+\/.+$/.exec(title)?.[0] ?? /(\S+: .+?)( is [a-z-].*)?$/.exec(title)?.[1];
    if (key === undefined) continue;
    const reasons = outcomes.get(key) ?? new Set();
    const reason = notMet ?? (typeof data.todo === 'string' ? data.todo : undefined);
    if (reason !== undefined) reasons.add(reason);
    else if (type === 'test:fail') reasons.add('FAILS');
    outcomes.set(key, reasons);
  }
}

/** Why no test needs to meet the vector; undefined when one should. */
function notAsked(vector: Vector): string | undefined {
  return ELSEWHERE[vector.kind];
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}

await runTests();

const table: string[] = [];
const unmet: string[] = [];
const sum = { vectors: 0, met: 0, notMet: 0, notAsked: 0 };
for (const file of readdirSync(WIRE)
  .filter((name) => name.endsWith('.json'))
  .sort()) {
  const area = file.slice(0, -'.json'.length);
  const vectors = JSON.parse(readFileSync(join(WIRE, file), 'utf8')) as Vector[];
  const count = { met: 0, notMet: 0, notAsked: 0 };
  const notes = new Set<string>();
  for (const vector of vectors) {
    const reasons = outcomes.get(`${area}: ${vector.id}`);
    const excuse = area in ELSEWHERE ? ELSEWHERE[area] : notAsked(vector);
    if (reasons === undefined && excuse !== undefined) {
      count.notAsked++;
      notes.add(excuse);
    } else if (reasons?.size === 0) {
      count.met++;
    } else {
      count.notMet++;
      unmet.push(`| ${area} | \`${escaped(vector.id)}\` | ${escaped([...(reasons ?? ['NOT TESTED'])].join('; '))} |`);
    }
  }
  const note = [...notes].join('; ');
  table.push(`| ${area} | ${vectors.length} | ${count.met} | ${count.notMet} | ${count.notAsked} | ${note} |`);
  sum.vectors += vectors.length;
  sum.met += count.met;
  sum.notMet += count.notMet;
  sum.notAsked += count.notAsked;
}

for (const folder of ['encoding', 'decoding', 'api']) {
  const found = [...outcomes].filter(([key]) => key.startsWith(`ExaBGP ${folder}/`));
  const bad = found.filter(([, reasons]) => reasons.size > 0);
  table.push(`| ExaBGP ${folder} | ${found.length} | ${found.length - bad.length} | ${bad.length} | 0 | |`);
  for (const [key, reasons] of bad) unmet.push(`| ExaBGP | \`${key.slice('ExaBGP '.length)}\` | ${escaped([...reasons].join('; '))} |`);
  sum.vectors += found.length;
  sum.met += found.length - bad.length;
  sum.notMet += bad.length;
}

writeFileSync(
  join(ROOT, 'docs', 'conformance.md'),
  `# Conformance

Octets with their meaning, taken from the test suites of some thirty other BGP implementations, and what \`@tsbgp/wire\`, \`@tsbgp/mrt\` and \`@tsbgp/bmp\` make of them.
A vector is met when it decodes to what it says, comes back as octets and as text where it has a canonical form, or, if it is malformed,
gets the verdict of RFC 7606 and the NOTIFICATION that it names.

Written by \`node tools/conformance.ts\`; the tests beside the code (\`*vectors.test.ts\`) run the same vectors and hold the list below: a vector
on it that is met after all fails them, or shows as done.

| Area | Vectors | Met | Not met | Not asked | Why not asked |
|---|---:|---:|---:|---:|---|
${table.join('\n')}
| **all** | **${sum.vectors}** | **${sum.met}** | **${sum.notMet}** | **${sum.notAsked}** | |

## Not met, and why

| Area | Vector | Reason |
|---|---|---|
${unmet.join('\n')}
`,
);
console.log(`${sum.met} of ${sum.vectors} met, ${sum.notMet} not, ${sum.notAsked} not asked`);
