/**
 * The numbers by which records of the change log name neighbors. The RIB's index of a peer does not serve: it may belong to another peer by
 * the time a record is read.
 */
import type { RibPeer } from '@tsbgp/rib';

/** A record names its neighbor with 16 bits. */
const SOURCES_MAX = 65_535;

export class ChangeSources {
  /** Called when all numbers are taken: no record may use one afterwards. */
  readonly #onFull: () => void;
  #names: string[] = [];
  #numbers: Map<string, number> = new Map();
  #peerOfIndex: (RibPeer | undefined)[] = [];
  #numberOfIndex: number[] = [];

  constructor(onFull: () => void) {
    this.#onFull = onFull;
  }

  /** '' for the local routes. */
  nameOf(number: number): string {
    return this.#names[number] ?? '';
  }

  numberOf(peer: RibPeer | undefined): number {
    if (peer !== undefined && this.#peerOfIndex[peer.index] === peer) return this.#numberOfIndex[peer.index]!;
    const name = peer?.options.name ?? '';
    let number = this.#numbers.get(name);
    if (number === undefined) {
      if (this.#names.length > SOURCES_MAX) {
        this.#onFull();
        this.forget();
      }
      number = this.#names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    if (peer !== undefined) {
      this.#peerOfIndex[peer.index] = peer;
      this.#numberOfIndex[peer.index] = number;
    }
    return number;
  }

  forget(): void {
    this.#names = [];
    this.#numbers.clear();
    this.#peerOfIndex = [];
    this.#numberOfIndex = [];
  }
}
