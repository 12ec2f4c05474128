/** A YAML file as plain values, with the place of each. */
import { readFileSync } from 'node:fs';
import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { usageError } from '../exit-code.ts';

export class YamlFile {
  readonly name: string;
  readonly value: unknown;
  readonly #lines = new LineCounter();
  readonly #root: Node | null;

  /** Throws CliError. */
  constructor(name: string) {
    this.name = name;
    const document = parseDocument(readText(name), { lineCounter: this.#lines, prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) throw usageError(`${this.#place(error.pos[0])}: ${error.message}`);
    this.#root = document.contents;
    this.value = document.toJS();
  }

  /** `tsbgpd.yaml:14:10`: of the value, or of the nearest one around it; undefined where nothing of the path is here. */
  placeOf(path: readonly (string | number)[]): string | undefined {
    let node = this.#root;
    let offset: number | undefined;
    for (const step of path) {
      let next: Node | null | undefined;
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => String((key as { value?: unknown }).value ?? key) === String(step));
        offset = (pair?.key as Node | undefined)?.range?.[0] ?? offset;
        next = pair?.value as Node | null | undefined;
      } else if (isSeq(node) && typeof step === 'number') {
        next = node.items[step] as Node | undefined;
        offset = next?.range?.[0] ?? offset;
      }
      if (next === undefined || next === null) break;
      node = next;
    }
    return offset === undefined ? undefined : this.#place(offset);
  }

  #place(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.name}:${Math.max(1, line)}:${Math.max(1, col)}`;
  }
}

function readText(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    throw usageError(`${name}: ${(error as Error).message}`);
  }
}
