/** Questions of the control plane about RPKI, answered from the data. */
import { AspaState, type Rib, RovState } from '@tsbgp/rib';
import { aspaDirection, type SourcedAspa, type SourcedVrp, type VrpQuery, verifyAsns } from '@tsbgp/rpki';
import { parsePrefix } from '@tsbgp/wire';
import { type ControlError, invalidArgument } from '../control-error.ts';
import { ROLE_CODES } from '../keys/relation-keys.ts';
import { formatWirePrefix, type WirePrefix } from '../keys/wire-prefix.ts';
import { quote } from '../quote.ts';
import type { Rpki } from '../rpki/rpki.ts';
import { aspaStateOf, rovStateOf } from '../rpki/validator.ts';
import type {
  AspaListQuery,
  PathHop,
  RouteValidation,
  RpkiControl,
  RpkiPage,
  RpkiState,
  ValidateQuery,
  VrpListQuery,
  VrpMatch,
} from '../rpki-control.ts';
import type { Background } from './background.ts';
import { readPrefix } from './wire-prefix.ts';

/** Items of one page, at most. */
export const RPKI_PAGE_MAX = 1000;

/** AS numbers of one path that is validated, at most. */
const PATH_ASNS_MAX = 1000;

/** Rows of VRPs that are looked at between two looks at the clock. */
const ROWS_SLICE = 4096;

export interface RpkiQueriesOptions {
  readonly rpki: Rpki;
  readonly rib: Rib;
  readonly background: Background;
}

export class RpkiQueries implements RpkiControl {
  readonly #options: RpkiQueriesOptions;

  constructor(options: RpkiQueriesOptions) {
    this.#options = options;
  }

  state(): RpkiState {
    const { rpki, rib } = this.#options;
    const { total, octets, files, ready } = rpki.status();
    return {
      isConfigured: rpki.isConfigured,
      isReady: ready,
      total,
      octets,
      caches: rpki.caches(),
      files,
      revalidated: rib.validation?.judged ?? 0,
      isRevalidating: rib.validation?.isRunning === true,
    };
  }

  validate({ prefix: text, originAs, asPath, role }: ValidateQuery): RouteValidation {
    const prefix = text === undefined ? undefined : readPrefix(text, 'prefix');
    const origin = originAs ?? asPath.at(-1);
    if (prefix !== undefined && origin === undefined) {
      throw invalidArgument('origin_as', 'found nothing, allowed is the AS that originates the route, or an as_path');
    }
    if (prefix === undefined && asPath.length === 0)
      throw invalidArgument('prefix', 'found nothing, allowed is a prefix, or an as_path with a role');
    if (prefix === undefined && role === undefined) {
      throw invalidArgument(
        'role',
        'found nothing, allowed with an as_path alone is what we are to the neighbor: "provider", "customer", "peer", "rs", "rs-client"',
      );
    }
    if (asPath.length > PATH_ASNS_MAX) {
      throw invalidArgument('as_path', `found ${asPath.length} AS numbers, allowed are at most ${PATH_ASNS_MAX}`);
    }
    return { ...this.#origin(prefix, origin ?? 0), ...this.#path(asPath, role) };
  }

  async vrps(query: VrpListQuery, limit: number): Promise<RpkiPage<SourcedVrp>> {
    checkPageSize(limit);
    const { vrps: table } = this.#options.rpki.client;
    const prefix = query.prefix === undefined ? undefined : readPrefix(query.prefix, 'prefix');
    if (query.covering) {
      if (prefix === undefined) throw invalidArgument('covering', 'found true, allowed only with a prefix');
      const all = table.covering(formatWirePrefix(prefix)) ?? [];
      return { items: all.filter(({ asn }) => query.asn === undefined || asn === query.asn).slice(0, limit), next: undefined };
    }
    const wanted: VrpQuery = {
      ...(prefix !== undefined && { prefix: { address: prefix.octets.slice(1, 1 + prefix.bitsMax / 8), bits: prefix.bits } }),
      ...(query.asn !== undefined && { asn: query.asn }),
    };
    const items: SourcedVrp[] = [];
    let place: number | undefined = query.after === undefined ? 1 : placeOf(query.after);
    await this.#options.background.run((deadline) => {
      while (place !== undefined && items.length < limit) {
        const { vrps, next } = table.scan(wanted, place, { rows: ROWS_SLICE, vrps: limit - items.length });
        items.push(...vrps);
        place = next;
        if (performance.now() >= deadline) break;
      }
      return place === undefined || items.length >= limit;
    });
    return { items: inOrder(items), next: place === undefined ? undefined : String(place) };
  }

  aspas({ customer, provider, after }: AspaListQuery, limit: number): RpkiPage<SourcedAspa> {
    checkPageSize(limit);
    const { aspas: table } = this.#options.rpki.client;
    const from = after === undefined ? -1 : placeOf(after);
    const customers = table
      .customers()
      .filter(
        (each) =>
          each > from &&
          (customer === undefined || each === customer) &&
          (provider === undefined || table.hop(each, provider) === 'provider'),
      )
      .sort((a, b) => a - b);
    const items = customers.slice(0, limit).map((each) => table.get(each)!);
    return { items, next: customers.length > limit ? String(items.at(-1)!.customer) : undefined };
  }

  #origin(prefix: WirePrefix | undefined, origin: number): Pick<RouteValidation, 'rov' | 'covering'> {
    const { vrps } = this.#options.rpki.client;
    if (prefix === undefined) return { rov: RovState.NotChecked, covering: [] };
    const { octets, bits, bitsMax } = prefix;
    const isChecked = vrps.count.ipv4 + vrps.count.ipv6 > 0;
    const state = vrps.validate(octets, 1, bitsMax === 128, bits, origin);
    const covering = (vrps.covering(formatWirePrefix(prefix)) ?? []).map((vrp) => ({ ...vrp, match: matchOf(vrp, bits, origin) }));
    return { rov: isChecked ? rovStateOf(state) : RovState.NotChecked, covering };
  }

  #path(asPath: readonly number[], role: ValidateQuery['role']): Pick<RouteValidation, 'aspa' | 'hops'> {
    const { aspas } = this.#options.rpki.client;
    const path = asPath.filter((asn, i) => asn !== asPath[i - 1]);
    const hops = path.slice(1).map((from, i): PathHop => {
      const to = path[i]!;
      return { from, to, up: aspas.hop(from, to), down: aspas.hop(to, from) };
    });
    const isChecked = role !== undefined && path.length > 0 && aspas.count > 0;
    const aspa = isChecked ? aspaStateOf(verifyAsns(aspas, path, { direction: aspaDirection(ROLE_CODES[role]) })) : AspaState.NotChecked;
    return { aspa, hops: hops.toReversed() };
  }
}

function matchOf({ asn, maxLength }: SourcedVrp, bits: number, origin: number): VrpMatch {
  if (asn !== origin || origin === 0) return 'other-origin';
  return bits <= maxLength ? 'permits' : 'too-long';
}

function checkPageSize(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > RPKI_PAGE_MAX)
    throw invalidArgument('page_size', `found ${limit}, allowed 1 to ${RPKI_PAGE_MAX}`);
}

function placeOf(token: string): number {
  if (/^\d{1,10}$/.test(token)) return Number(token);
  throw badToken(token);
}

function badToken(token: string): ControlError {
  return invalidArgument('page_token', `found ${quote(token)}, allowed is the next_page_token of the page before`);
}

/** IPv4 before IPv6, by address, then by length. */
function inOrder(vrps: readonly SourcedVrp[]): SourcedVrp[] {
  const keyed = vrps.map((vrp) => ({ vrp, key: parsePrefix(vrp.prefix)! }));
  keyed.sort((a, b) => {
    const families = a.key.address.length - b.key.address.length;
    return families || Buffer.compare(a.key.address, b.key.address) || a.key.bits - b.key.bits || a.vrp.asn - b.vrp.asn;
  });
  return keyed.map(({ vrp }) => vrp);
}
