/**
 * `npm run docs:reference`: writes docs/reference/NAME.md for each library from its docstrings, with typedoc. `--check` writes nothing, and
 * fails when something would come out otherwise than it is. Both fail when a package exports what no docstring explains.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const LIBRARIES = ['wire', 'fsm', 'session', 'rib', 'policy'];
const TYPEDOC = join(dirname(createRequire(import.meta.url).resolve('typedoc/package.json')), 'bin', 'typedoc');

/** The Markdown for one library, and what typedoc finds unexplained in it. */
function reference(name: string): { markdown: string; warnings: string[] } {
  const folder = join(ROOT, 'packages', name);
  const out = mkdtempSync(join(tmpdir(), 'tsbgp-reference-'));
  try {
    const options = ['--tsconfig', join(folder, 'tsconfig.json'), '--entryPoints', join(folder, 'src', 'index.ts'), '--out', out];
    const { stdout, stderr, status } = spawnSync(process.execPath, [TYPEDOC, ...options], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    });
    if (status !== 0) throw new Error(`typedoc failed on @tsbgp/${name}:\n${stdout}${stderr}`);
    const warnings = `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('[warning] ') && !line.includes('errors and'));
    const text = withoutDeadLinks(readFileSync(join(out, 'README.md'), 'utf8'));
    return { markdown: `<!-- Written by npm run docs:reference from the docstrings. -->\n\n${text}`, warnings };
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** The plugin links to properties that stand in no table of their own, and so have no anchor. */
function withoutDeadLinks(markdown: string): string {
  const anchors = new Set([...markdown.matchAll(/<a id="([^"]+)">/g)].map((match) => match[1]));
  return markdown.replaceAll(/\[([^\]\n]+)\]\(#([^)]+)\)/g, (link, text: string, anchor: string) => (anchors.has(anchor) ? link : text));
}

const check = process.argv.includes('--check');
const folder = join(ROOT, 'docs', 'reference');
mkdirSync(folder, { recursive: true });
for (const name of LIBRARIES) {
  const { markdown, warnings } = reference(name);
  const path = `docs/reference/${name}.md`;
  const file = join(ROOT, path);
  const same = existsSync(file) && readFileSync(file, 'utf8') === markdown;
  if (!check && !same) writeFileSync(file, markdown);
  if (check && !same) {
    console.error(`${path} is not what the docstrings say: npm run docs:reference`);
    process.exitCode = 1;
  }
  for (const warning of warnings) console.error(warning.replace('[warning] ', ''));
  if (warnings.length > 0) process.exitCode = 1;
}
