/** `tcp-ao { keyid 1; algorithm hmac-sha-1-96; password secret; base64 false; }` (RFC 5925) */
import { type Statement, SyntaxFault, Words } from '@tsbgp/process-api';

const ALGORITHMS = ['hmac-sha-1-96', 'aes-128-cmac-96', 'hmac-sha-256'] as const;

export interface TcpAoConfig {
  readonly keyId: number;
  readonly algorithm: (typeof ALGORITHMS)[number];
  readonly password: string;
}

const KEYWORDS = ['keyid', 'algorithm', 'password', 'base64'];

export function readTcpAoSection(statement: Statement): TcpAoConfig {
  let keyId: number | undefined;
  let algorithm: TcpAoConfig['algorithm'] = 'hmac-sha-1-96';
  let password: string | undefined;
  let isBase64 = false;
  for (const inner of statement.body ?? []) {
    const words = new Words(inner.words);
    const keyword = words.next(`one of ${KEYWORDS.join(', ')}`);
    if (keyword === 'keyid') keyId = words.number(0, 255);
    else if (keyword === 'algorithm') algorithm = readAlgorithm(words);
    else if (keyword === 'password') password = words.rest();
    else if (keyword === 'base64') isBase64 = words.boolean(true);
    else throw words.wrong(keyword, `one of ${KEYWORDS.join(', ')}`);
    words.end();
  }
  if (keyId === undefined || password === undefined || password === '') {
    throw new SyntaxFault('found no keyid or no password, e.g. "tcp-ao { keyid 1; password secret; }"', statement.line);
  }
  return { keyId, algorithm, password: isBase64 ? Buffer.from(password, 'base64').toString() : password };
}

function readAlgorithm(words: Words): TcpAoConfig['algorithm'] {
  const text = words.next(`one of ${ALGORITHMS.join(', ')}`);
  const found = ALGORITHMS.find((name) => name === text);
  if (found === undefined) throw words.wrong(text, `one of ${ALGORITHMS.join(', ')}`);
  return found;
}
