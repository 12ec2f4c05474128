/**
 * Flow specifications.
 *
 *     route NAME { rd R; next-hop IP; match { source 10.0.0.1/32; } scope { … } then { discard; } }
 *     flow source 10.0.0.1/32 destination-port =80 rd R next-hop IP extended-community [ rate-limit:0 ]
 */
import { Afi, type FlowSpecNlri, formatRd, makeFamily, Safi } from '@tsbgp/wire';
import type { Statement } from '../text/lexer.ts';
import { SyntaxFault } from '../text/syntax-fault.ts';
import { Words } from '../text/words.ts';
import { readAttributes } from './attribute-words.ts';
import { RouteDraft } from './draft.ts';
import { type FlowComponents, MATCH_KEYWORDS, readMatch } from './flow-match.ts';
import { SCOPE_WORDS, THEN_WORDS } from './flow-then.ts';
import type { Route } from './route.ts';
import { typedRoute } from './typed-route.ts';

type Row = (words: Words, draft: RouteDraft) => void;

class FlowDraft {
  readonly draft = new RouteDraft();
  readonly components: FlowComponents = new Map();
  version: 4 | 6 | undefined;

  readonly match: Readonly<Record<string, Row>> = Object.fromEntries(
    MATCH_KEYWORDS.map((keyword) => [keyword, (words: Words) => this.#match(keyword, words)]),
  );

  #match(keyword: string, words: Words): void {
    const version = readMatch(keyword, words, this.components);
    if (version === undefined) return;
    if (this.version !== undefined && this.version !== version)
      throw words.fault(`${keyword}: found IPv${version} beside IPv${this.version}`);
    this.version = version;
  }

  build(line: number, version: 4 | 6): Route {
    if (this.components.size === 0) throw new SyntaxFault('found nothing to match, e.g. "match { source 10.0.0.1/32; }"', line);
    const { rd } = this.draft;
    const family = makeFamily(version === 6 ? Afi.Ipv6 : Afi.Ipv4, rd === undefined ? Safi.Flowspec : Safi.FlowspecVpn);
    const components = [...this.components.values()].toSorted((a, b) => a.code - b.code);
    const nlri: FlowSpecNlri = { type: 'flowspec', family, components, ...(rd !== undefined && { rd: formatRd(rd) }) };
    return typedRoute(nlri, this.draft, line);
  }
}

const IGNORED: Row = () => {};
/** In one line the names of the sections may be there or not. */
const SECTION_WORDS: Readonly<Record<string, Row>> = Object.fromEntries(['match', 'scope', 'then'].map((name) => [name, IGNORED]));

/** `at` is the place after `route` or `flow`. `version`: of the section; undefined: by content, IPv4 when that does not say. */
export function readFlow(statement: Statement, at: number, version?: 4 | 6): Route {
  const flow = new FlowDraft();
  const words = new Words(statement.words, at, statement.line);
  const all = { ...SECTION_WORDS, ...flow.match, ...THEN_WORDS, ...SCOPE_WORDS };
  if (statement.body !== undefined) {
    if (words.more) words.next('a name');
    words.end();
    for (const inner of statement.body) readSection(flow, inner);
  } else {
    if (words.take('route')) words.take('');
    readAttributes(words, flow.draft, all);
  }
  if (version !== undefined && flow.version !== undefined && flow.version !== version) {
    throw new SyntaxFault(`found a flow of IPv${flow.version}, allowed is one of IPv${version}`, statement.line);
  }
  return flow.build(statement.line, version ?? flow.version ?? 4);
}

function readSection(flow: FlowDraft, statement: Statement): void {
  const words = new Words(statement.words);
  if (statement.body === undefined) {
    readAttributes(words, flow.draft);
    return;
  }
  const name = words.next('match, scope or then');
  words.end();
  const rows = name === 'match' ? flow.match : name === 'scope' ? SCOPE_WORDS : name === 'then' ? THEN_WORDS : undefined;
  if (rows === undefined) throw words.wrong(name, 'match, scope or then');
  for (const inner of statement.body) readRows(inner, flow, rows, name);
}

function readRows(statement: Statement, flow: FlowDraft, rows: Readonly<Record<string, Row>>, section: string): void {
  if (section === 'then') {
    readAttributes(new Words(statement.words), flow.draft, rows);
    return;
  }
  const words = new Words(statement.words);
  const keyword = words.next('a keyword');
  if (!Object.hasOwn(rows, keyword)) throw words.wrong(keyword, `one of ${Object.keys(rows).join(', ')}`);
  rows[keyword]!(words, flow.draft);
  words.end();
}
