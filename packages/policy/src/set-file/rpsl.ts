/**
 * Objects of an IRR (RPSL, RFC 2622 and RFC 4012), already expanded: routes with their origins, and sets whose members are prefixes or AS
 * numbers. A route is in the list of its origin, `AS64501`; members are in the list of their set.
 *
 *     route:   192.0.2.0/24            route-set: AS64501:RS-CUSTOMERS        as-set:  AS64501:AS-ALL
 *     origin:  AS64501                 members:   198.51.100.0/22^23-24       members: AS64501, AS64502
 *
 * As AS numbers, routes give their origins.
 */
import { SetFileFault } from './fault.ts';
import { linesOf } from './lines.ts';
import { ENTRY_ALLOWED, type FileLists, type FileSetKind } from './lists.ts';

const ATTRIBUTE = /^([a-z][a-z0-9-]*):(?:\s+(.*))?$/i;
/** Objects of an IRR begin with one of these; a file in another form has no such line. */
const OBJECT = /^(?:route6?|route-set|as-set):(?:\s|$)/im;

/** Whether the text has objects of an IRR. */
export function isRpsl(text: string): boolean {
  return OBJECT.test(text);
}

/** An object as far as it was read. */
interface IrrObject {
  /** `route`, `route6`, `route-set`, `as-set`; another word for an object that has no entries. */
  type: string;
  value: string;
  line: number;
  origin: string;
  readonly members: [text: string, line: number][];
}

/** Adds the lists of the text. Throws SetFileFault. */
export function readRpsl<K extends FileSetKind>(text: string, lists: FileLists<K>): void {
  let object: IrrObject | undefined;
  let key = '';
  let line = 0;
  for (const written of linesOf(text)) {
    line++;
    if (written.startsWith('%') || written.startsWith('#')) continue;
    const content = written.replace(/\s*#.*$/, '');
    if (content === '') {
      if (object !== undefined) addObject(object, lists);
      object = undefined;
      continue;
    }
    const isContinued = /^[ \t+]/.test(content);
    const attribute = isContinued ? [content, key, content.slice(1)] : ATTRIBUTE.exec(content);
    if (attribute === null)
      throw new SetFileFault(line, JSON.stringify(content.slice(0, 60)), 'attributes of RPSL, e.g. "origin: AS64501"');
    key = attribute[1]!.toLowerCase();
    const value = (attribute[2] ?? '').trim();
    object ??= { type: key, value, line, origin: '', members: [] };
    if (key === 'origin') object.origin = value.toUpperCase();
    if (key === 'members' || key === 'mp-members') for (const member of value.split(/[\s,]+/)) object.members.push([member, line]);
  }
  if (object !== undefined) addObject(object, lists);
}

function addObject<K extends FileSetKind>({ type, value, line, origin, members }: IrrObject, lists: FileLists<K>): void {
  const add = (text: string, at: number, allowed = ENTRY_ALLOWED[lists.kind]): void => {
    const sentence = lists.add(text);
    if (sentence !== undefined) throw new SetFileFault(at, sentence, allowed);
  };
  const isPrefixes = lists.kind === 'prefixes';
  if (type === 'route' || type === 'route6') {
    if (origin === '') throw new SetFileFault(line, 'a route without "origin"', 'origin: AS64501');
    lists.begin(origin);
    add(isPrefixes ? value : origin, line);
  }
  if (type !== (isPrefixes ? 'route-set' : 'as-set')) return;
  lists.begin(value);
  for (const [member, at] of members) if (member !== '') add(member, at, `${ENTRY_ALLOWED[lists.kind]}; names of sets must be expanded`);
}
