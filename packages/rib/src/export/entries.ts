/** A short list of routes to one NLRI, as the Adj-RIB-Out holds them. Scratch that is filled, compared and forgotten. */
import { grown } from '../columns.ts';
import type { AudienceId } from './audience.ts';

export class Entries {
  count = 0;
  attr: Int32Array = new Int32Array(8);
  source: Uint16Array = new Uint16Array(8);
  /** The audience that gets the route. */
  receivers: Int32Array = new Int32Array(8);
  /** The path that it comes from, where members hold several (RFC 7911) or its octets are sent; else 0. */
  path: Int32Array = new Int32Array(8);

  add(attr: number, source: number, receivers: AudienceId, path: number): void {
    const at = this.count;
    if (at === this.attr.length) this.#grow();
    this.attr[at] = attr;
    this.source[at] = source;
    this.receivers[at] = receivers;
    this.path[at] = path;
    this.count = at + 1;
  }

  equals(other: Entries): boolean {
    if (this.count !== other.count) return false;
    for (let at = 0; at < this.count; at++) {
      if (this.attr[at] !== other.attr[at] || this.source[at] !== other.source[at]) return false;
      if (this.receivers[at] !== other.receivers[at] || this.path[at] !== other.path[at]) return false;
    }
    return true;
  }

  #grow(): void {
    const used = this.attr.length;
    this.attr = grown(this.attr, used * 2, used);
    this.source = grown(this.source, used * 2, used);
    this.receivers = grown(this.receivers, used * 2, used);
    this.path = grown(this.path, used * 2, used);
  }
}
