/** For the tests of the repository: its folder, its packages and its files. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const ROOT: string = join(import.meta.dirname, '..');

/** Folders that tools make, or that are no part of the repository. */
const NOT_OURS = new Set(['node_modules', 'dist', 'build', '.git', 'gen']);

export interface Package {
  /** "wire" of @tsbgp/wire. */
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly type?: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly publishConfig?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export function packages(): Package[] {
  const folder = join(ROOT, 'packages');
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'package.json')))
    .map((name) => ({
      name,
      folder: join(folder, name),
      manifest: JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as Manifest,
    }));
}

/** The files that git tracks or would add, relative to the repository. Without git, all files of the folder. */
export function repositoryFiles(): string[] {
  try {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 << 20,
    });
    return listed.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)));
  } catch {
    return filesBelow(ROOT).map((path) => relative(ROOT, path));
  }
}

export function filesBelow(folder: string, left: ReadonlySet<string> = NOT_OURS): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (left.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path, left);
    return entry.isFile() ? [path] : [];
  });
}

export interface Import {
  readonly specifier: string;
  /** "packages/fsm/src/step.ts:7", for messages. */
  readonly place: string;
}

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|\brequire\s*\(\s*)(['"])([a-z@.][^'"\\\n]*)\1/g;

/** Every import, export … from and import() of a source file, including those of types. Comments do not count. */
export function importsOf(file: string): Import[] {
  const text = withoutComments(readFileSync(file, 'utf8'));
  return [...text.matchAll(IMPORT)].map((match) => ({
    specifier: match[2]!,
    place: `${relative(ROOT, file)}:${text.slice(0, match.index).split('\n').length}`,
  }));
}

/** Blanks out comments and keeps the positions. Strings stay, because specifiers are strings. */
function withoutComments(text: string): string {
  return text.replace(/(["'`])(?:\\.|(?!\1)[^\\])*?\1|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (found) =>
    found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found,
  );
}
