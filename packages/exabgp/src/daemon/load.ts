/** Reads configuration files: several count as one. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Configuration, ConfigurationError, parseConfiguration } from '../config/configuration.ts';
import { neighborName } from '../config/neighbor.ts';

export interface LoadPlaces {
  /** Of the installation; `etc/exabgp` is in it. */
  readonly root: string;
  /** As in the environment. */
  readonly path: string;
}

/** `-` is standard input. Throws ConfigurationError. */
export function loadConfiguration(files: readonly string[], places: LoadPlaces): Configuration {
  const all = files.map((file) => parseConfiguration(readText(file), file, programPlaces(file, places)));
  const [only] = all;
  if (all.length === 1 && only !== undefined) return only;
  const processes = new Map(all.flatMap((each) => each.processes.map((process) => [process.name, process])));
  const neighbors = new Map(all.flatMap((each) => each.neighbors.map((neighbor) => [neighborName(neighbor), neighbor])));
  const count = all.reduce((sum, each) => sum + each.neighbors.length, 0);
  if (neighbors.size < count)
    throw new ConfigurationError(`found one neighbor in two of the files ${files.join(', ')}, allowed is one of each`);
  return { processes: [...processes.values()], neighbors: [...neighbors.values()] };
}

function programPlaces(file: string, { root, path }: LoadPlaces) {
  const inRoot = join(root, 'etc/exabgp');
  return { etc: root === '/' ? '/etc/exabgp' : inRoot, folder: dirname(resolve(file)), path };
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${file}: the file cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A file as the command line names it: as it is, or in the etc folder. */
export function findFile(name: string, root: string): string {
  if (name === '-' || exists(name)) return name;
  const candidates = [join(root, 'etc/exabgp', name), join('/etc/exabgp', name)];
  return candidates.find(exists) ?? name;
}

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
