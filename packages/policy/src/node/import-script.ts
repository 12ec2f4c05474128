/**
 * Imports policy files. `import { definePolicy } from '@tsbgp/policy'` works in every file, also where the package is not installed: it then
 * gets the functions of this process.
 */

import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as policy from '../index.ts';

const PACKAGE = '@tsbgp/policy';
const SHARED: unique symbol = Symbol.for(PACKAGE);

/** The address of a file, as `ScriptLoader` and places in reports have it. `folder` is where relative names begin. */
export function scriptAddress(file: string, folder: string): string {
  return pathToFileURL(resolve(folder, file)).href;
}

/** `importModule` of `ScriptLoader`. */
export async function importScript(url: string): Promise<unknown> {
  provideOwnPackage();
  if (!existsSync(fileURLToPath(url.replace(/\?.*$/, '')))) throw missing();
  return import(url);
}

/** Without a stack, because no place in this file matters. The runtime's own message would name this file too. */
function missing(): Error {
  const error = new Error('there is no such file');
  error.stack = error.message;
  return error;
}

let isProvided = false;

/** A bundle of a program has no package of this name that a file outside it could find. */
function provideOwnPackage(): void {
  if (isProvided) return;
  isProvided = true;
  (globalThis as unknown as Record<symbol, unknown>)[SHARED] = policy;
  const names = Object.keys(policy).join(', ');
  const source = `export const { ${names} } = globalThis[Symbol.for(${JSON.stringify(PACKAGE)})];`;
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== PACKAGE) return next(specifier, context);
      try {
        return next(specifier, context);
      } catch {
        // Not installed where the file is.
        return { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true };
      }
    },
  });
}
