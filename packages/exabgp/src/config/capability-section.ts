/** `capability { route-refresh; graceful-restart 1200; add-path send/receive; … }` */
import { type Statement, Words } from '@tsbgp/process-api';
import type { Capabilities } from './capabilities.ts';
import type { NeighborDraft } from './neighbor-draft.ts';

const BOOLEANS = [
  'asn4',
  'route-refresh',
  'multi-session',
  'operational',
  'nexthop',
  'aigp',
  'extended-message',
  'software-version',
  'link-local-nexthop',
  'link-local-prefer',
] as const;

const DIRECTIONS: Readonly<Record<string, Capabilities['add-path']>> = {
  disable: { send: false, receive: false },
  disabled: { send: false, receive: false },
  false: { send: false, receive: false },
  send: { send: true, receive: false },
  receive: { send: false, receive: true },
  'send/receive': { send: true, receive: true },
};

/** RFC 4724 §3: twelve bits. */
const RESTART_TIME_MAX = 4095;

const ALLOWED = [...BOOLEANS, 'graceful-restart', 'add-path'];

export function readCapabilitySection(body: readonly Statement[], draft: NeighborDraft): void {
  for (const statement of body) {
    const words = new Words(statement.words);
    const keyword = words.next(`one of ${ALLOWED.join(', ')}`);
    const flag = BOOLEANS.find((name) => name === keyword);
    if (flag !== undefined) draft.capabilities[flag] = words.boolean(true);
    else if (keyword === 'add-path') draft.capabilities['add-path'] = readDirection(words);
    else if (keyword === 'graceful-restart') draft.capabilities['graceful-restart'] = readRestartTime(words);
    else throw words.wrong(keyword, `one of ${ALLOWED.join(', ')}`);
    words.end();
  }
}

function readDirection(words: Words): Capabilities['add-path'] {
  const text = words.next('disable, send, receive or send/receive');
  if (!Object.hasOwn(DIRECTIONS, text)) throw words.wrong(text, 'disable, send, receive or send/receive');
  return DIRECTIONS[text]!;
}

function readRestartTime(words: Words): number | undefined {
  const text = words.peek();
  if (text === undefined || /^\d/.test(text)) return text === undefined ? 0 : words.number(0, RESTART_TIME_MAX);
  return words.boolean(true) ? 0 : undefined;
}
