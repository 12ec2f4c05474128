/** The reader of JSON agrees with JSON.parse: about values, and about what is no JSON. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scaled } from '../../../../test/scale.ts';
import { RpkiFileError } from './file-error.ts';
import { JsonCursor } from './json-cursor.ts';

test('any JSON is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(0, 1, 2), (text, indent) => {
      const value: unknown = JSON.parse(text);
      const written = JSON.stringify(value, null, indent);
      const cursor = new JsonCursor('x', Buffer.from(written));
      assert.deepEqual(read(cursor), shape(value));
      cursor.end();
    }),
    { numRuns: scaled(5000) },
  );
});

test('a text with a change somewhere is refused where JSON.parse refuses it, and never in another way', () => {
  const change = fc.tuple(fc.nat(), fc.constantFrom('', ...'{}[]",:0-1.eE\\tfn \n\u0001'.split('')));
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.array(change, { minLength: 1, maxLength: 3 }), (text, changes) => {
      let changed = text;
      for (const [at, character] of changes) {
        const place = at % (changed.length + 1);
        changed = changed.slice(0, place) + character + changed.slice(place + (at % 2));
      }
      let mine: unknown;
      try {
        const cursor = new JsonCursor('x', Buffer.from(changed));
        cursor.skip();
        cursor.end();
      } catch (error) {
        mine = error;
      }
      let theirs: unknown;
      try {
        JSON.parse(changed);
      } catch (error) {
        theirs = error;
      }
      if (mine !== undefined) assert.ok(mine instanceof RpkiFileError, String(mine));
      assert.equal(mine === undefined, theirs === undefined, `${JSON.stringify(changed)}: ${String(mine ?? theirs)}`);
    }),
    { numRuns: scaled(50_000) },
  );
});

/** Numbers that are not whole, booleans and null only by their kind: files of the RPKI have no use for them. */
function read(cursor: JsonCursor): unknown {
  const kind = cursor.kind();
  switch (kind) {
    case 'object': {
      const members: [string, unknown][] = [];
      cursor.beginObject('');
      for (let key = cursor.nextKey(); key !== undefined; key = cursor.nextKey()) members.push([key, read(cursor)]);
      return members;
    }
    case 'array': {
      const elements: unknown[] = [];
      cursor.beginArray('');
      while (cursor.nextElement()) elements.push(read(cursor));
      return elements;
    }
    case 'string':
      return `"${cursor.string('')}`;
    default:
      cursor.skip();
      return kind;
  }
}

function shape(value: unknown): unknown {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value === 'object') return Object.entries(value).map(([key, member]) => [key, shape(member)]);
  return typeof value === 'string' ? `"${value}` : typeof value;
}
