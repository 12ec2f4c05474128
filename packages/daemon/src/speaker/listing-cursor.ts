/**
 * Where a listing continues: after a prefix, or inside a prefix with several paths, after those that were listed. Clients get it as opaque text:
 *
 *     table . address words and length, hexadecimal [. best path listed: peer, identifier . last path listed: peer, identifier]
 */
import { type ControlError, invalidArgument, type RouteCursor } from '../control-plane.ts';

export interface PathPlace {
  readonly peer: number;
  readonly identifier: number;
}

/** Which paths of a prefix were listed: the best path, which comes first, and the others up to `last` in the order of their places. */
export interface Told {
  readonly best: PathPlace | undefined;
  readonly last: PathPlace | undefined;
}

export const NOTHING_TOLD: Told = { best: undefined, last: undefined };

export interface Cursor {
  /** Position of the table. */
  readonly table: number;
  /** Key of the prefix; see NlriIndex. */
  readonly key: Float64Array;
  /** Which paths of that prefix were listed; undefined: all. */
  readonly told: Told | undefined;
}

export function formatCursor({ table, key, told }: Cursor): RouteCursor {
  const prefix = `${table}.${[...key].map((word) => word.toString(16)).join('-')}`;
  if (told === undefined) return prefix;
  return `${prefix}.${formatPlace(told.best)}.${formatPlace(told.last)}`;
}

/** Throws ControlError. */
export function parseCursor(text: RouteCursor): Cursor {
  const parts = CURSOR.exec(text);
  if (parts === null) throw wrongToken();
  const key = Float64Array.from(parts[2]!.split('-'), (word) => Number.parseInt(word, 16));
  const told = parts[3] === undefined ? undefined : { best: parsePlace(parts[3]), last: parsePlace(parts[4]!) };
  return { table: Number(parts[1]), key, told };
}

export function wrongToken(): ControlError {
  return invalidArgument('page_token', 'is not the token of an earlier page; allowed is such a token, or none');
}

const CURSOR = /^(\d{1,2})\.((?:[0-9a-f]{1,8}-){1,4}[0-9a-f]{1,8})(?:\.(x|[0-9a-f]{1,4}-[0-9a-f]{1,8})\.(x|[0-9a-f]{1,4}-[0-9a-f]{1,8}))?$/;

function formatPlace(place: PathPlace | undefined): string {
  return place === undefined ? 'x' : `${place.peer.toString(16)}-${place.identifier.toString(16)}`;
}

function parsePlace(text: string): PathPlace | undefined {
  if (text === 'x') return undefined;
  const [peer = '', identifier = ''] = text.split('-');
  return { peer: Number.parseInt(peer, 16), identifier: Number.parseInt(identifier, 16) };
}
