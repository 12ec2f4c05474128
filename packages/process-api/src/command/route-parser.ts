/**
 * The routes of a command. `route PREFIX …` is what programs send by the hundred thousand, mostly with the same words after the prefix: these are
 * parsed once.
 */
import { familyOf, type PrefixWords, type Purpose, prefixRoutes, readPrefixWords } from '../route/prefix-route.ts';
import { readCommandRoute } from '../route/read-route.ts';
import type { Route } from '../route/route.ts';
import { parseStatements, parseWords, type Statement } from '../text/lexer.ts';
import { SyntaxFault } from '../text/syntax-fault.ts';
import { readPrefix } from '../text/values.ts';
import { Words } from '../text/words.ts';

/** Distinct texts that are remembered; then all are forgotten. */
const REMEMBERED_MAX = 8192;

const remembered = new Map<string, PrefixWords>();

/** `text` is what follows `announce` or `withdraw`. Throws SyntaxFault. */
export function parseRoutes(text: string, purpose: Purpose): Route[] {
  const plain = /^route +([0-9a-fA-F.:/]+)( +[^{;]*)?$/.exec(text);
  if (plain === null) return readCommandRoute(statementOf(text), 0, purpose);
  const prefix = readPrefix(new Words([{ text: plain[1]!, line: 1, quoted: false, glued: false }]));
  const rest = plain[2] ?? '';
  let parsed = remembered.get(rest);
  if (parsed === undefined) {
    parsed = readPrefixWords(new Words(parseWords(rest)), undefined);
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    remembered.set(rest, parsed);
  }
  return prefixRoutes(prefix, familyOf(prefix, parsed.draft), parsed, purpose, 1);
}

/** A command as one statement, with or without sections. */
export function statementOf(text: string): Statement {
  if (!text.includes('{')) {
    const words = parseWords(text.replace(/;\s*$/, ''));
    return { words, line: 1, body: undefined };
  }
  const statements = parseStatements(text);
  const [statement] = statements;
  if (statement === undefined || statements.length > 1) throw new SyntaxFault(`found ${statements.length} statements, allowed is one`);
  // `flow route { … }`: the section has no name.
  return statement;
}
