/** What a RIB is made with. */
import type { NextHopCost } from './attributes/next-hop-costs.ts';
import type { DecisionOptions } from './decision-options.ts';
import type { ExportObserver } from './export/observer.ts';
import type { IngestObserver } from './ingest.ts';
import type { RouteValidator } from './validation-options.ts';

/** Who we are, who is told what, and what to make room for. */
export interface RibOptions {
  readonly localAs: number;
  /** Our BGP Identifier as an unsigned number. */
  readonly bgpIdentifier: number;
  /** Our cluster identifier as a route reflector (RFC 4456 §7). @default the BGP Identifier */
  readonly clusterId?: number | undefined;
  /** The AS number of the confederation that `localAs` belongs to (RFC 5065). @default we are in none */
  readonly confederation?: number | undefined;
  readonly observer: IngestObserver;
  /** Told of routes that are not sent, and of peers whose session must end. @default nobody is told; see `Member.failure` */
  readonly exportObserver?: ExportObserver;
  /** What counts in the decision process. @default DECISION_DEFAULTS */
  readonly decision?: Partial<DecisionOptions>;
  /**
   * The interior cost to a next hop; see `NextHopCost` and `nextHopCostsChanged`.
   * @default all next hops cost the same, and all can be reached
   */
  readonly nextHopCost?: NextHopCost;
  /**
   * Expected sizes. Columns are reserved for them at once, which costs address space but no memory until they are used, and saves copying.
   * More is always possible. @default a full table from a few upstreams
   */
  readonly capacity?: { readonly ipv4?: number; readonly ipv6?: number; readonly pathsPerNlri?: number; readonly attributeSets?: number };
  /** What RPKI says of routes, for peers whose options ask for it; see `Rib.validation`. @default nobody knows: nothing is validated */
  readonly validator?: RouteValidator | undefined;
  /** NLRI evaluated in one slice of `work` for a new update group. Tests make it small. @default 32768 */
  readonly buildSlice?: number;
}
