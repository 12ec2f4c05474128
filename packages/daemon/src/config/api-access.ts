/** The keys `api.role` and `api.tokens`: what clients of the TCP listener may do. Tokens are in files, and only their SHA-256 is kept. */
import { resolve } from 'node:path';
import { API_ROLES, type ApiAccess, type ApiRole, sha256 } from '../api-access.ts';
import { choice, type Field, field, type List, list, Refusal, section } from '../keys/fields.ts';
import { readRegularFile } from '../regular-file.ts';

interface RawToken {
  file?: string;
  role?: ApiRole;
}

export interface RawAccess {
  role?: ApiRole;
  tokens?: (RawToken | undefined)[];
}

const TOKEN_LENGTH_MIN = 20;
const TOKEN_LENGTH_MAX = 1024;
/** With room for line breaks. */
const TOKEN_FILE_OCTETS_MAX = 65_536;
const FILE_ALLOWED = `a file with a token of ${TOKEN_LENGTH_MIN} to ${TOKEN_LENGTH_MAX} characters without blanks`;

export const ROLE: Field<ApiRole> = choice(
  {
    example: 'role: read-only',
    about: 'What clients of the TCP listener may do without a token; see docs/security.md. On the unix socket everything is allowed.',
    standard: 'admin',
  },
  API_ROLES,
);

export const TOKENS: List<(RawToken | undefined)[]> = list<RawToken>(
  {
    allowed: 'a list of files and roles',
    example: 'tokens: [ { file: /etc/tsbgp/noc.token, role: operator } ]',
    about:
      'Bearer tokens of clients of the TCP listener, and the roles that they give. A file is read with the configuration, at the start and by SIGHUP.',
    standard: '[]',
  },
  section<RawToken>(
    { allowed: 'a mapping with file and role', example: '- { file: /etc/tsbgp/noc.token, role: operator }', about: '' },
    {
      file: field(
        {
          allowed: FILE_ALLOWED,
          example: 'file: /etc/tsbgp/noc.token',
          about: 'The file with the token. A relative name begins at the folder of the configuration.',
        },
        { type: 'text' },
        (value) =>
          typeof value === 'string' && value !== '' ? value : new Refusal(typeof value === 'string' ? 'invalid-value' : 'wrong-type'),
      ),
      role: choice({ example: 'role: operator', about: 'What the token allows.' }, API_ROLES),
    },
  ),
);

/** `folder` is where relative names begin. The files passed the check. */
export function accessOf({ role = 'admin', tokens = [] }: RawAccess, folder: string): ApiAccess {
  const known = tokens.flatMap((token) => {
    const read = token?.file === undefined ? undefined : readToken(token.file, folder);
    return read?.token === undefined ? [] : [{ sha256: sha256(read.token).toString('hex'), role: token!.role! }];
  });
  return { role, tokens: known };
}

/** What is wrong with the file of each token; undefined where nothing is. `folder` is where relative names begin. */
export function tokenFaults({ tokens = [] }: RawAccess, folder: string): (string | undefined)[] {
  return tokens.map((token) => (token?.file === undefined ? undefined : readToken(token.file, folder).fault));
}

/** A fault never has a part of the content. */
function readToken(file: string, folder: string): { readonly token?: string; readonly fault?: string } {
  const { octets, fault } = readRegularFile(resolve(folder, file), TOKEN_FILE_OCTETS_MAX);
  if (fault !== undefined) return { fault };
  const token = octets.toString().trim();
  if (/\s/.test(token)) return { fault: 'has blanks or several lines' };
  if (token.length < TOKEN_LENGTH_MIN || token.length > TOKEN_LENGTH_MAX) return { fault: `has ${token.length} characters` };
  return { token };
}
