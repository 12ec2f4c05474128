/**
 * Changes of neighbors and of other places in the text of a configuration, with its comments and its order kept. The result is text: the caller reads it as it reads a
 * file, so that what is written is what was checked.
 */
import { Document, isAlias, isCollection, isMap, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { writtenValue } from '../config/effective.ts';
import type { NeighborEdit } from '../configuration.ts';
import { ControlError } from '../control-error.ts';
import { NEIGHBOR_FIELDS, NEIGHBOR_KEYS, type NeighborField } from '../keys/neighbor-keys.ts';

/** `index` is the place of the neighbor in the section. Throws ControlError `failed-precondition` where the text has a form that is not edited. */
export function editNeighbor(text: string, edit: NeighborEdit, index: number): string {
  const document = parseDocument(text, { uniqueKeys: false });
  const form = formOf(text);
  const before = document.toString(form);
  const section = neighborsOf(document);
  if (edit.type === 'add') section.add(itemOf(document, section, edit));
  else if (edit.type === 'delete') section.delete(index);
  else changeItem(document, section.items[index], edit);
  return withLinesOf(text, before, document.toString(form));
}

/** Another value at a place of the file, or none. Throws ControlError `failed-precondition` where the text has a form that is not edited. */
export function editPlace(text: string, place: readonly string[], value: unknown): string {
  const document = parseDocument(text, { uniqueKeys: false });
  const form = formOf(text);
  const before = document.toString(form);
  try {
    // `sets:` without a value is no mapping yet.
    place.forEach((_, i) => void (i > 0 && document.getIn(place.slice(0, i)) === null && document.deleteIn(place.slice(0, i))));
    if (value === undefined) document.deleteIn(place);
    else document.setIn(place, document.createNode(value));
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw notEdited(place.join('.'), { cause });
  }
  return withLinesOf(text, before, document.toString(form));
}

/**
 * `after` with the lines of `text` where it does not differ from `before`, which is `text` in the form that the library writes. So whatever is outside
 * of the edit stays as somebody wrote it, to the octet.
 */
function withLinesOf(text: string, before: string, after: string): string {
  const [own, old, edited] = [text, before, after].map((each) => each.split('\n')) as [string[], string[], string[]];
  if (own.length !== old.length) return after;
  const shortest = Math.min(old.length, edited.length);
  let head = 0;
  while (head < shortest && old[head] === edited[head]) head++;
  let tail = 0;
  while (tail < shortest - head && old.at(-1 - tail) === edited.at(-1 - tail)) tail++;
  return [...own.slice(0, head), ...edited.slice(head, edited.length - tail), ...own.slice(own.length - tail)].join('\n');
}

function neighborsOf(document: Document): YAMLSeq {
  const section = document.get('neighbors');
  if (isSeq(section)) {
    // An empty list in brackets would grow into one long line.
    if (section.items.length === 0) section.flow = false;
    return section;
  }
  if (section !== null && section !== undefined) throw notEdited('neighbors');
  const empty = document.createNode([]) as YAMLSeq;
  document.set('neighbors', empty);
  return empty;
}

function itemOf(document: Document, section: YAMLSeq, { address, values }: NeighborEdit & { type: 'add' }): YAMLMap {
  const entries = NEIGHBOR_FIELDS.flatMap((field): [string, unknown][] => {
    if (field === 'address') return [[NEIGHBOR_KEYS.address.key, address]];
    const value = values.get(field);
    return value === undefined ? [] : [[NEIGHBOR_KEYS[field].key, writtenValue(NEIGHBOR_KEYS[field].value, value)]];
  });
  const item = document.createNode(Object.fromEntries(entries)) as YAMLMap;
  const last = section.items.at(-1);
  item.flow = isCollection(last) && last.flow === true;
  for (const { value } of item.items) if (isCollection(value)) value.flow = true;
  return item;
}

function changeItem(document: Document, item: unknown, { address, values }: NeighborEdit & { type: 'change' }): void {
  if (!isMap(item) || isAlias(item)) throw notEdited(`neighbor ${address}`);
  for (const [field, value] of values) {
    if (field === 'address') continue;
    spellOut(item, field);
    const { key, value: row } = NEIGHBOR_KEYS[field];
    if (value === undefined) item.delete(key);
    else {
      const node = document.createNode(writtenValue(row, value));
      if (isCollection(node)) node.flow = true;
      const before = item.get(key, true);
      if (isScalar(before)) node.comment = before.comment ?? null;
      item.set(key, node);
    }
  }
}

/** Where the item has a shorthand that sets the field, it is written out: `policy: x` is `import: x` and `export: x`. */
function spellOut(item: YAMLMap, field: NeighborField): void {
  for (const { key, sets } of Object.values(NEIGHBOR_KEYS)) {
    if (sets?.some((each) => each === field) !== true || !item.has(key)) continue;
    const value = item.get(key, true);
    for (const each of sets) item.set(NEIGHBOR_KEYS[each].key, value);
    item.delete(key);
  }
}

/** The text is written as it was: how lists are indented, whether braces have blanks inside. Lines are not folded. */
function formOf(text: string): { lineWidth: number; indentSeq: boolean; flowCollectionPadding: boolean } {
  return { lineWidth: 0, indentSeq: !/^- /m.test(text), flowCollectionPadding: !/[[{][^\s\]}]/.test(text) || /\{ /.test(text) };
}

function notEdited(what: string, options?: ErrorOptions): ControlError {
  const sentence = `the file has ${what} in a form that is not edited here, such as an alias: change the file by hand, then send SIGHUP`;
  return new ControlError('failed-precondition', '', sentence, options);
}
