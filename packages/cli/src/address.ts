/** The address of the daemon: `--address`, else TSBGP_ADDRESS, else the standard socket of this host. And the token that it may ask for. */
import { readFileSync } from 'node:fs';
import { existingSocketPath } from '@tsbgp/api';
import { usageError } from './exit-code.ts';
import type { Io } from './terminal/io.ts';

export interface Address {
  /** As createTsbgpClient takes it. */
  readonly url: string;
  /** As people write it. */
  readonly text: string;
  readonly source: '--address' | 'TSBGP_ADDRESS' | 'default';
}

export function chooseAddress(option: string | undefined, env: Io['env']): Address {
  if (option !== undefined) return read(option, '--address');
  const fromEnv = env['TSBGP_ADDRESS'];
  if (fromEnv !== undefined && fromEnv !== '') return read(fromEnv, 'TSBGP_ADDRESS');
  return read(existingSocketPath(), 'default');
}

/** The bearer token in the file that TSBGP_TOKEN_FILE names; undefined where it names none. */
export function readToken(env: Io['env']): string | undefined {
  const file = env['TSBGP_TOKEN_FILE'];
  if (file === undefined || file === '') return undefined;
  let token: string;
  try {
    token = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw usageError(`TSBGP_TOKEN_FILE: ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
  // Never with a part of the content.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw usageError(`TSBGP_TOKEN_FILE: ${file} is no token`, 'allowed: one line without blanks, as the daemon has it');
  return token;
}

/** `/run/tsbgp/tsbgpd.sock`, `unix:/run/…`, `unix:///run/…`, `127.0.0.1:50051`, `[::1]:50051`, `http://…`. */
function read(text: string, source: Address['source']): Address {
  const path = /^(?:unix:(?:\/\/)?)?(\/.+)$/.exec(text)?.[1];
  if (path !== undefined) return { url: `unix://${path}`, text: `unix:${path}`, source };
  const tcp = /^(?:https?:\/\/)?((?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):\d{1,5})\/?$/.exec(text)?.[1];
  // A port of 99999 or a host of 1.2.3.256 matches the pattern, but is not valid.
  if (tcp !== undefined && URL.canParse(`http://${tcp}`))
    return { url: text.startsWith('http') ? text : `http://${tcp}`, text: tcp, source };
  throw usageError(
    `${source}: "${text}" is not an address`,
    'allowed: the path of a socket, or HOST:PORT',
    'e.g.     tsbgp -a /run/tsbgp/tsbgpd.sock neighbor',
    '         tsbgp -a 127.0.0.1:50051 neighbor',
  );
}
