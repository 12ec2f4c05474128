/** The route that a policy is asked about: one object, filled anew for each question. */
import { type Family, IPV4_UNICAST } from '@tsbgp/wire';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { NONE } from '../columns.ts';
import type { NlriId, NlriIndex } from '../nlri/nlri-index.ts';
import type { JudgedRoute, PolicySubject } from './policy.ts';

/** No NLRI in wire form is longer. */
export const NLRI_BYTES_MAX = 8192;

export class Question implements JudgedRoute {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  token = 0;
  family: Family = IPV4_UNICAST;
  nlri: Uint8Array = new Uint8Array(0);
  nlriOffset = 0;
  pathIdentifier = 0;
  rov = 0;
  aspa = 0;
  source: PolicySubject | undefined = undefined;
  readonly #scratch: Uint8Array = new Uint8Array(NLRI_BYTES_MAX);

  #attr: number = NONE;
  #generation = 0;

  /** The attribute set. The table must not intern another one before the answer. The same id in another generation is another set. */
  set(attributes: AttributeTable, attr: number, generation: number): this {
    if (attr !== this.#attr || generation !== this.#generation) this.token++;
    this.#attr = attr;
    this.#generation = generation;
    this.bytes = attributes.arena.data;
    this.start = attributes.offset[attr]!;
    this.end = this.start + attributes.length[attr]!;
    return this;
  }

  /** What else policies may look at. */
  states(rov: number, aspa: number, source: PolicySubject | undefined): this {
    this.rov = rov;
    this.aspa = aspa;
    this.source = source;
    return this;
  }

  /** The NLRI in wire form, at an offset of octets. */
  at(family: Family, nlri: Uint8Array, offset: number): this {
    this.family = family;
    this.nlri = nlri;
    this.nlriOffset = offset;
    this.pathIdentifier = 0;
    return this;
  }

  /** An NLRI of an index, and the path identifier. */
  of(index: NlriIndex, nlri: NlriId, pathIdentifier: number): this {
    index.write(this.#scratch, 0, nlri);
    this.at(index.family, this.#scratch, 0);
    this.pathIdentifier = pathIdentifier;
    return this;
  }
}
