/**
 * Routes for people, a line each: when, what, which prefix, from whom, over which path. As in `tsbgp watch`, `+` is an announced route, `-` a
 * withdrawn one; `=` is one of a table.
 */
import {
  AttributeFacts,
  BgpdumpFormatter,
  type MrtRecord,
  RouteKind,
  type RoutePeer,
  type RouteSink,
  type RouteView,
  TextBuffer,
} from '@tsbgp/mrt';

const SIGNS = ['+', '-', '='] as const;
const PREFIX_WIDTH = 20;
const PEER_WIDTH = 26;
const STATES = ['Unknown', 'Idle', 'Connect', 'Active', 'OpenSent', 'OpenConfirm', 'Established', 'Clearing', 'Deleted'];
const LINE_MAX = 1 << 15;

/** Makes lines out of the columns of bgpdump's form, so that both forms always say the same. */
export class TextFormatter implements RouteSink {
  readonly out: TextBuffer = new TextBuffer(1 << 17);
  readonly #columns = new BgpdumpFormatter();
  #second = -1;
  #secondText = '';

  route(view: RouteView): void {
    const columns = this.#columnsOf(view);
    if (columns === undefined) return;
    const [, , , peer, as, prefix, ...rest] = columns;
    const hasPath = view.pathIdentifier !== -1;
    const [path, origin, nextHop, localPref, med, communities, aggregate, aggregator] = hasPath ? rest.slice(1) : rest;
    const shownPrefix = hasPath ? `${prefix} path ${view.pathIdentifier}` : prefix!;
    let line = `${this.#time(view.record)}  ${SIGNS[view.kind]}  ${shownPrefix.padEnd(PREFIX_WIDTH)}  ${`${peer} AS${as}`.padEnd(PEER_WIDTH)}`;
    if (view.kind !== RouteKind.Withdrawn) {
      line += `  ${path === '' ? 'local' : path} ${ORIGIN_LETTERS[origin ?? ''] ?? '?'}  via ${nextHop}`;
      if (localPref !== '0') line += `  pref ${localPref}`;
      if (med !== '0') line += `  MED ${med}`;
      if (communities !== '') line += `  ${communities}`;
      if (aggregate === 'AG') line += '  atomic';
      if (aggregator !== undefined && aggregator !== '') line += `  aggregated by ${aggregator.replace(/^(\d+) /, 'AS$1 ')}`;
    }
    this.#add(line.trimEnd());
  }

  stateChange(record: MrtRecord, peer: RoutePeer, oldState: number, newState: number): void {
    const states = `${STATES[oldState] ?? oldState} -> ${STATES[newState] ?? newState}`;
    this.#add(`${this.#time(record)}  *  ${states.padEnd(PREFIX_WIDTH)}  ${peer.addressText} AS${peer.as}`);
  }

  /** Undefined for routes of other families than bgpdump prints. */
  #columnsOf(view: RouteView): string[] | undefined {
    const { out } = this.#columns;
    out.length = 0;
    this.#columns.route(view);
    if (out.length === 0) return undefined;
    const columns = Buffer.from(out.bytes.buffer, out.bytes.byteOffset, out.length - 1)
      .toString('latin1')
      .split('|');
    // Lines of the old types lack the bar before the communities.
    if (columns[0] === 'BGP' && columns.length === 13) columns.splice(10, 1, ...splitMed(columns[10]!, view));
    return columns;
  }

  #time({ timestamp, microseconds }: MrtRecord): string {
    if (timestamp !== this.#second) {
      this.#second = timestamp;
      this.#secondText = new Date(timestamp * 1000).toISOString().slice(0, 19).replace('T', ' ');
    }
    return microseconds === undefined ? this.#secondText : `${this.#secondText}.${String(microseconds).padStart(6, '0')}`;
  }

  #add(line: string): void {
    this.out.reserve(Math.max(LINE_MAX, line.length + 1));
    for (let i = 0; i < line.length; i++) this.out.octet(line.charCodeAt(i));
    this.out.octet(0x0a);
  }
}

const ORIGIN_LETTERS: Readonly<Record<string, string>> = { IGP: 'i', EGP: 'e', INCOMPLETE: '?' };

/** MED and communities, which stand in one column of the old types. */
function splitMed(column: string, { facts }: { readonly facts: AttributeFacts }): [string, string] {
  const med = String(Math.max(facts.multiExitDisc, 0));
  return [med, column.slice(med.length)];
}
