/** A configuration file: processes, templates, neighbors. */
import {
  type ApiBlock,
  inSection,
  type ProcessConfig,
  parsePrefixText,
  parseStatements,
  readName,
  type Statement,
  SyntaxFault,
  Words,
} from '@tsbgp/process-api';
import { formatAddress } from '@tsbgp/wire';
import { finishNeighbor, type NeighborConfig, neighborName } from './neighbor.ts';
import { NeighborDraft } from './neighbor-draft.ts';
import { readNeighborBody } from './neighbor-section.ts';
import { type ProgramPlaces, readProcessSection } from './process-section.ts';

export interface Configuration {
  readonly processes: readonly ProcessConfig[];
  readonly neighbors: readonly NeighborConfig[];
}

/** A file that cannot be used: place, what was found, what is allowed. */
export class ConfigurationError extends Error {}

const SECTIONS = ['process', 'template', 'neighbor'];

/** `file` is for errors. Throws ConfigurationError. */
export function parseConfiguration(text: string, file: string, places: ProgramPlaces): Configuration {
  try {
    return new Reader(places).read(parseStatements(text));
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    const section = error.section.length > 0 ? ` ${error.section.join(' > ')}` : '';
    const line = text.split('\n')[error.line - 1]?.trim() ?? '';
    throw new ConfigurationError(`${file}:${error.line}:${section} ${error.message}\n  ${line}`.replace(/: +/, ': '), { cause: error });
  }
}

class Reader {
  readonly #places: ProgramPlaces;
  readonly #processes = new Map<string, ProcessConfig>();
  readonly #templates = new Map<string, NeighborDraft>();
  readonly #neighbors = new Map<string, NeighborConfig>();

  constructor(places: ProgramPlaces) {
    this.#places = places;
  }

  read(statements: readonly Statement[]): Configuration {
    for (const statement of statements) this.#readRoot(statement);
    for (const neighbor of this.#neighbors.values()) for (const block of neighbor.api) this.#checkProcesses(neighbor, block);
    return { processes: [...this.#processes.values()], neighbors: [...this.#neighbors.values()] };
  }

  #readRoot(statement: Statement): void {
    const words = new Words(statement.words);
    const keyword = words.next(`one of ${SECTIONS.join(', ')}`);
    if (!SECTIONS.includes(keyword)) throw words.wrong(keyword, `one of ${SECTIONS.join(', ')}`);
    if (statement.body === undefined) throw words.fault(`found "${keyword}" without "{", allowed is a section`);
    const name = keyword === 'template' ? keyword : `${keyword} ${words.peek() ?? ''}`.trimEnd();
    inSection(name, () => {
      if (keyword === 'process') this.#readProcess(statement);
      else if (keyword === 'template') this.#readTemplates(statement.body ?? []);
      else this.#readNeighbor(statement, words);
    });
  }

  #readProcess(statement: Statement): void {
    const process = readProcessSection(statement, this.#places);
    if (this.#processes.has(process.name))
      throw new SyntaxFault(`found a second process ${process.name}, allowed is one of a name`, statement.line);
    this.#processes.set(process.name, process);
  }

  #readTemplates(body: readonly Statement[]): void {
    for (const statement of body) {
      const words = new Words(statement.words);
      if (statement.body === undefined || !words.take('neighbor')) {
        throw new SyntaxFault(`found "${statement.words[0]?.text}", allowed is a section, e.g. "neighbor NAME { … }"`, statement.line);
      }
      const name = readName(words, 'the template');
      words.end();
      if (this.#templates.has(name)) throw new SyntaxFault(`found a second template ${name}, allowed is one of a name`, statement.line);
      const draft = new NeighborDraft();
      inSection(`neighbor ${name}`, () => readNeighborBody(statement.body ?? [], draft, this.#templates));
      this.#templates.set(name, draft);
    }
  }

  #readNeighbor(statement: Statement, words: Words): void {
    const text = words.next('the address of the peer');
    words.end();
    const prefix = parsePrefixText(text);
    if (prefix === undefined) throw words.wrong(text, 'the address of the peer or a range, e.g. "192.0.2.1" or "192.0.2.0/24"');
    const draft = new NeighborDraft();
    readNeighborBody(statement.body ?? [], draft, this.#templates);
    const isRange = text.includes('/') && prefix.bits < prefix.bytes.length * 8;
    const neighbor = finishNeighbor(formatAddress(prefix.bytes), isRange ? prefix.bits : undefined, draft, statement.line);
    const name = neighborName(neighbor);
    if (this.#neighbors.has(name)) throw new SyntaxFault(`found a second "${name}", allowed is one of each`, statement.line);
    this.#neighbors.set(name, neighbor);
  }

  #checkProcesses(neighbor: NeighborConfig, block: ApiBlock): void {
    for (const name of block.processes) {
      if (this.#processes.has(name)) continue;
      const known = [...this.#processes.keys()].join(', ') || 'none in this file';
      throw new SyntaxFault(`neighbor ${neighbor.peerAddress}: api: found process ${name}, allowed is a process of the file: ${known}`);
    }
  }
}
