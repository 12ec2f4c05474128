/** What the RIB asks about routes, answered from the tables of an RPKI client. Allocates nothing for a route. */
import { AspaState, type RouteValidator, RovState } from '@tsbgp/rib';
import { type AspaTable, type AspaState as PathState, type RovState as TableState, type VrpTable, verifyAsns } from '@tsbgp/rpki';
import { readU32 } from '@tsbgp/wire';

const SEGMENT_AS_SET = 1;
const SEGMENT_AS_SEQUENCE = 2;

const PATH_STATES: Readonly<Record<PathState, AspaState>> = {
  valid: AspaState.Valid,
  unknown: AspaState.Unknown,
  invalid: AspaState.Invalid,
};

/** A state of the table in the numbers of the RIB: the first begin at 0, the others at 1, in the same order (a test compares). */
export function rovStateOf(state: TableState): RovState {
  return (state + 1) as RovState;
}

/** The same for a path. */
export function aspaStateOf(state: PathState): AspaState {
  return PATH_STATES[state];
}

export class TableValidator implements RouteValidator {
  readonly #vrps: VrpTable;
  readonly #aspas: AspaTable;
  /** Whether there are VRPs, and ASPAs. Without any, nothing is said of routes: "not found" for all of them would look like an answer. */
  hasVrps = false;
  hasAspas = false;
  /** AS numbers of the path that is verified. */
  #path: Uint32Array = new Uint32Array(64);

  constructor(vrps: VrpTable, aspas: AspaTable) {
    this.#vrps = vrps;
    this.#aspas = aspas;
  }

  originState(bytes: Uint8Array, offset: number, ipv6: boolean, bits: number, origin: number): RovState {
    if (!this.hasVrps) return RovState.NotChecked;
    return rovStateOf(this.#vrps.validate(bytes, offset, ipv6, bits, origin));
  }

  /** The RIB compares the first AS with the neighbor's. Segments of a confederation do not count. */
  pathState(bytes: Uint8Array, start: number, end: number, isDownstream: boolean): AspaState {
    if (!this.hasAspas) return AspaState.NotChecked;
    let length = 0;
    for (let at = start; at < end; ) {
      const type = bytes[at]!;
      const next = at + 2 + 4 * bytes[at + 1]!;
      if (type === SEGMENT_AS_SET) return AspaState.Invalid;
      if (type === SEGMENT_AS_SEQUENCE) {
        if (length + bytes[at + 1]! > this.#path.length) this.#grow();
        for (at += 2; at < next; at += 4) this.#path[length++] = readU32(bytes, at);
      }
      at = next;
    }
    const direction = isDownstream ? 'downstream' : 'upstream';
    return aspaStateOf(verifyAsns(this.#aspas, this.#path.subarray(0, length), { direction }));
  }

  /** A segment has 255 AS numbers at most. */
  #grow(): void {
    const larger = new Uint32Array(2 * this.#path.length + 256);
    larger.set(this.#path);
    this.#path = larger;
  }
}
