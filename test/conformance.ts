/** The shared vectors and captures beside the repository, for the tests of several packages. Where they are absent, tests skip and say why. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './workspace.ts';

const CONFORMANCE = join(ROOT, '..', 'shared', 'conformance');

/** One vector of `wire/`; its README tells what the fields mean. */
export interface ConformanceVector<Expected> {
  readonly id: string;
  readonly hex: string;
  readonly expect: Expected;
}

/** The vectors of an area, or the sentence with which to skip. */
export function conformanceVectors<Expected>(area: string): readonly ConformanceVector<Expected>[] | string {
  const file = join(CONFORMANCE, 'wire', `${area}.json`);
  if (!existsSync(file)) return `no conformance vectors at ${file}`;
  return JSON.parse(readFileSync(file, 'utf8')) as ConformanceVector<Expected>[];
}

/** Entries of a manifest of captures with the folder they are in, or the sentence with which to skip. */
export function captures<Entry>(kind: string): { readonly folder: string; readonly entries: readonly Entry[] } | string {
  const folder = join(CONFORMANCE, 'captures', kind);
  const manifest = join(folder, 'manifest.json');
  if (!existsSync(manifest)) return `no captures at ${folder}`;
  return { folder, entries: JSON.parse(readFileSync(manifest, 'utf8')) as Entry[] };
}
