/**
 * A YAML text as plain values, and the place of each value.
 *
 * It differs from a plain load, to help operators who write files by hand:
 *   - a number that would print differently from how it was written stays text: `1.10` (AS in asdot) is not 1.1, `0660` (a mode) is not 660;
 *   - a duplicate key is reported with both lines;
 *   - aliases unfold to a bounded number of values (a "billion laughs" is an error).
 */
import { dirname } from 'node:path';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Path } from '../keys/fields.ts';
import { ConfigError, type ConfigErrorCode, formatPath, type Place } from './config-error.ts';
import { yamlFault } from './yaml-faults.ts';

const VALUES_MAX = 1_000_000;
const DEPTH_MAX = 32;

export class YamlSource {
  readonly file: string;
  /** Where relative names of files begin. */
  readonly folder: string;
  /** The whole document. An empty document is null; no value is undefined. */
  readonly value: unknown;
  /** Syntax errors and duplicate keys. `value` is meaningless after a `yaml-syntax`. */
  readonly errors: ConfigError[] = [];
  #lines = new LineCounter();
  #root: Node | null = null;
  #anchors = new Map<string, Node>();
  #targets = new Map<Node, Node>();
  #values = 0;

  constructor(text: string, file: string, folder: string = dirname(file)) {
    this.file = file;
    this.folder = folder;
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: false, keepSourceTokens: false });
    // A warning is about an unknown tag (`!include`). Without an error the value would silently be a different one.
    let line = 0;
    for (const fault of [...document.errors, ...document.warnings]) {
      const place = this.#placeAt(fault.pos[0]);
      // The parser continues after an error and often reports one mistake several times.
      if (place.line === line) continue;
      line = place.line;
      this.#refuse('yaml-syntax', place, [], yamlFault(fault.code, fault.message), 'YAML 1.2');
    }
    if (this.errors.length > 0) return;
    this.#root = document.contents;
    this.value = this.#plain(this.#root, [], 0);
  }

  /** The place of the value at `path`. For a missing value: the place of the nearest value around it. */
  placeOf(path: Path): Place {
    const node = this.#nodeAt(path);
    return node?.range || path.length === 0 ? this.#nodePlace(node) : this.placeOf(path.slice(0, -1));
  }

  /** The place of the last key of `path`. */
  keyPlaceOf(path: Path): Place {
    const parent = this.#nodeAt(path.slice(0, -1));
    const pair = isMap(parent) ? parent.items.find((item) => keyText(item.key) === path.at(-1)) : undefined;
    const key = pair?.key as Node | undefined;
    return key?.range ? this.#placeAt(key.range[0]) : this.placeOf(path);
  }

  /** The value at `path` in the words of a message: `2`, `"abc"`, `a list`, `nothing`. */
  foundAt(path: Path): string {
    const node = this.#nodeAt(path);
    if (isMap(node)) return 'a mapping';
    if (isSeq(node)) return 'a list';
    if (!isScalar(node) || node.value === null) return 'nothing';
    const text = typeof node.value === 'string' ? JSON.stringify(node.value) : (node.source ?? String(node.value));
    return text.length > FOUND_LENGTH_MAX ? `${text.slice(0, FOUND_LENGTH_MAX)}…` : text;
  }

  #plain(node: Node | null, path: Path, depth: number): unknown {
    if (++this.#values > VALUES_MAX || depth > DEPTH_MAX) {
      const found = depth > DEPTH_MAX ? `more than ${DEPTH_MAX} levels` : `more than ${VALUES_MAX} values`;
      // Reported once: the same error applies to every later value.
      if (!this.errors.some((error) => error.code === 'file-too-large')) {
        this.#refuse('file-too-large', this.#nodePlace(node), path, found, `at most ${VALUES_MAX} values in ${DEPTH_MAX} levels`);
      }
      return null;
    }
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target === undefined) {
        this.#refuse('yaml-syntax', this.#nodePlace(node), path, `alias *${node.source} without anchor before it`, `&${node.source} first`);
        return null;
      }
      this.#targets.set(node, target);
      return this.#plain(target, path, depth + 1);
    }
    if (node !== null && 'anchor' in node && typeof node.anchor === 'string') this.#anchors.set(node.anchor, node);
    if (isMap(node)) return this.#plainMap(node.items, path, depth);
    if (isSeq(node)) return node.items.map((item, i) => this.#plain(item as Node | null, [...path, i], depth + 1));
    if (!isScalar(node)) return null;
    if (typeof node.value === 'number' && node.source !== undefined && node.source !== String(node.value)) return node.source;
    return node.value;
  }

  #plainMap(items: readonly { key: unknown; value: unknown }[], path: Path, depth: number): Record<string, unknown> {
    // Without a prototype, `__proto__` is an ordinary, unknown key.
    const result: Record<string, unknown> = Object.create(null);
    const firstOf = new Map<string, Node>();
    for (const { key, value } of items) {
      const name = keyText(key);
      const before = firstOf.get(name);
      if (before !== undefined) {
        const line = this.#nodePlace(before).line;
        const found = `${JSON.stringify(name)} for the second time`;
        this.#refuse('duplicate-key', this.#nodePlace(key as Node), [...path, name], found, `once; the first is on line ${line}`);
        continue;
      }
      firstOf.set(name, key as Node);
      result[name] = this.#plain(value as Node | null, [...path, name], depth + 1);
    }
    return result;
  }

  #nodeAt(path: Path): Node | null | undefined {
    let node: Node | null | undefined = this.#root;
    for (const step of path) {
      node = this.#resolved(node);
      if (isMap(node)) node = node.items.find((item) => keyText(item.key) === step)?.value as Node | null | undefined;
      else if (isSeq(node) && typeof step === 'number') node = node.items[step] as Node | null | undefined;
      else return undefined;
    }
    return this.#resolved(node);
  }

  #resolved(node: Node | null | undefined): Node | null | undefined {
    let at = node;
    while (isAlias(at)) at = this.#targets.get(at);
    return at;
  }

  #nodePlace(node: Node | null | undefined): Place {
    return node?.range ? this.#placeAt(node.range[0]) : { file: this.file, line: 1, column: 1 };
  }

  #placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  #refuse(code: ConfigErrorCode, place: Place, path: Path, found: string, allowed: string): void {
    this.errors.push(new ConfigError({ code, ...place, path: formatPath(path), found, allowed, example: '' }));
  }
}

const FOUND_LENGTH_MAX = 60;

function keyText(key: unknown): string {
  if (isScalar(key)) return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
  return String(key);
}
