/**
 * `api NAME { processes [ p1 p2 ]; neighbor-changes; receive { parsed; update; } send { packets; } }`: which programs hear what of a neighbor,
 * and may command it.
 */
import {
  type ApiBlock,
  inSection,
  MESSAGE_KINDS,
  type MessageWishes,
  readName,
  type Statement,
  SyntaxFault,
  Words,
} from '@tsbgp/process-api';
import type { NeighborDraft } from './neighbor-draft.ts';

const FLAGS = { 'neighbor-changes': 'changes', negotiated: 'negotiated', fsm: 'fsm', signal: 'signal' } as const;
const ALLOWED = ['processes', 'processes-match', ...Object.keys(FLAGS), 'receive', 'send'];

function wishes(): MessageWishes {
  return { parsed: false, packets: false, consolidate: false, kinds: new Set() };
}

export function readApiSection(statement: Statement, draft: NeighborDraft): void {
  const words = new Words(statement.words, 1, statement.line);
  if (words.more) readName(words, 'the api section');
  words.end();
  const block: ApiBlock = {
    processes: [],
    patterns: [],
    changes: false,
    negotiated: false,
    fsm: false,
    signal: false,
    receive: wishes(),
    send: wishes(),
  };
  for (const inner of statement.body ?? []) readStatement(inner, block);
  if (block.processes.length > 0 && block.patterns.length > 0) {
    throw new SyntaxFault('found processes and processes-match, allowed is one of the two', statement.line);
  }
  draft.api.push(block);
}

function readStatement(statement: Statement, block: ApiBlock): void {
  const words = new Words(statement.words);
  const keyword = words.next(`one of ${ALLOWED.join(', ')}`);
  if (keyword === 'receive' || keyword === 'send') {
    inSection(keyword, () => readWishes(statement.body ?? [], block[keyword]));
  } else if (keyword === 'processes') block.processes.push(...words.list((each) => readName(each, 'a process')));
  else if (keyword === 'processes-match') block.patterns.push(...words.list(readPattern));
  else if (Object.hasOwn(FLAGS, keyword)) block[FLAGS[keyword as keyof typeof FLAGS]] = words.boolean(true);
  else throw words.wrong(keyword, `one of ${ALLOWED.join(', ')}`);
  words.end();
}

function readPattern(words: Words): RegExp {
  const text = words.next('a regular expression');
  try {
    return new RegExp(text);
  } catch {
    throw words.wrong(text, 'a regular expression, e.g. "^service-"');
  }
}

const FORMS = ['parsed', 'packets', 'consolidate'] as const;

function readWishes(body: readonly Statement[], target: MessageWishes): void {
  const allowed = [...FORMS, ...MESSAGE_KINDS].join(', ');
  for (const statement of body) {
    const words = new Words(statement.words);
    const keyword = words.next(`one of ${allowed}`);
    const form = FORMS.find((name) => name === keyword);
    const kind = MESSAGE_KINDS.find((name) => name === keyword);
    const value = words.boolean(true);
    words.end();
    if (form !== undefined) target[form] = value;
    else if (kind !== undefined && value) target.kinds.add(kind);
    else if (kind !== undefined) target.kinds.delete(kind);
    else throw words.wrong(keyword, `one of ${allowed}`);
  }
}
