/** `show adj-rib in` and `out`. */
import { decodeAttributes, STORED_CONTEXT } from '@tsbgp/wire';
import type { ApiVersion } from '../events/api-version.ts';
import { attributesJson } from '../events/attribute-json.ts';
import { attributesText } from '../events/attribute-text.ts';
import { nlriJson } from '../events/nlri-json.ts';
import { nlriText } from '../events/nlri-text.ts';
import { type NlriView, nlriViews } from '../events/update-view.ts';
import type { ReceivedRoute } from '../rib/adj-rib-in.ts';
import { attributeOctets } from '../rib/encode-attributes.ts';
import { sessionForm } from '../rib/session-form.ts';
import { type Route, textOctets } from '../route/route.ts';
import type { Neighbor } from '../session/neighbor.ts';
import { familyName } from '../text/families.ts';

export interface RibOptions {
  readonly direction: 'in' | 'out';
  readonly extensive: boolean;
  readonly json: boolean;
  /** `inet`, `flow`, `l2vpn`; empty: all. */
  readonly kinds: ReadonlySet<string>;
  readonly version: ApiVersion;
  /** `v1` repeats the list so far in each line of JSON, as ExaBGP does; `v2` has a line for each route. */
  readonly format: string;
}

/** Routes up to which each line of `v1` repeats the list. With more only the last line is written: the output would be quadratic. */
const GROWING_MAX = 1000;

interface Shown {
  readonly nlri: NlriView;
  readonly nextHop: string | undefined;
  readonly attributes: ReceivedRoute['attributes'];
}

export function* ribLines(neighbors: readonly Neighbor[], options: RibOptions): Generator<string> {
  for (const neighbor of neighbors) yield* options.json ? jsonLines(neighbor, options) : textLines(neighbor, options);
}

function* shownRoutes(neighbor: Neighbor, { direction, extensive, kinds }: RibOptions): Generator<Shown> {
  const isWanted = (nlri: NlriView): boolean => kinds.size === 0 || kinds.has(kindOf(nlri));
  if (direction === 'in') {
    for (const route of neighbor.ribIn.routes()) if (isWanted(route.nlri)) yield route;
    return;
  }
  for (const route of neighbor.rib.routes()) {
    const shown = shownOf(route, neighbor, extensive);
    if (isWanted(shown.nlri)) yield shown;
  }
}

function kindOf({ family }: NlriView): string {
  const name = familyName(family);
  if (name.includes('flow')) return 'flow';
  return name.startsWith('l2vpn') ? 'l2vpn' : 'inet';
}

function shownOf(route: Route, neighbor: Neighbor, extensive: boolean): Shown {
  const octets = textOctets(route.nlri);
  const [view] = nlriViews(octets, 0, octets.length, route.family, STORED_CONTEXT);
  const nlri = { ...view!, pathId: route.pathId };
  const nextHop = route.set.nextHop;
  if (!extensive) return { nlri, nextHop, attributes: [] };
  const { localAs, peerAs } = neighbor.config;
  const form = sessionForm(Number(localAs) || 0, true, { ...STORED_CONTEXT, peerType: localAs === peerAs ? 'ibgp' : 'ebgp' });
  const encoded = attributeOctets(route.set, route.family, undefined, form);
  return { nlri, nextHop, attributes: decodeAttributes(encoded, 0, encoded.length, STORED_CONTEXT).attributes };
}

function* textLines(neighbor: Neighbor, options: RibOptions): Generator<string> {
  const { version } = options;
  for (const { nlri, nextHop, attributes } of shownRoutes(neighbor, options)) {
    const name = options.extensive ? neighbor.name : neighbor.config.peerAddress;
    const hop = !options.extensive || nextHop === undefined ? '' : ` next-hop ${nextHop}`;
    const words = options.extensive ? attributesText(attributes, version) : '';
    yield `${name} ${familyName(nlri.family)} ${nlriText(nlri, version)}${hop}${words}`;
  }
}

function* jsonLines(neighbor: Neighbor, options: RibOptions): Generator<string> {
  const { version } = options;
  const address = neighbor.config.peerAddress;
  const soFar: string[] = [];
  const growing = (): string => `{"${address}": {"routes": [${soFar.join(', ')}]}}`;
  for (const { nlri, nextHop, attributes } of shownRoutes(neighbor, options)) {
    const { value } = nlri;
    const prefix = 'prefix' in value && typeof value.prefix === 'string' ? value.prefix : undefined;
    const family = familyName(nlri.family);
    if (options.format === 'v2') {
      const members = [`"family": "${family}"`, `"nlri": ${nlriJson(nlri, nextHop, { version, compact: false })}`];
      if (nextHop !== undefined) members.push(`"next-hop": "${nextHop}"`);
      if (options.extensive) members.push(`"attributes": { ${attributesJson(attributes, version)} }`);
      yield `{"peer": {"address": "${address}"}, "route": {${members.join(', ')}}}`;
      continue;
    }
    if (prefix === undefined && version !== 6) continue;
    const shown = prefix === undefined ? `"nlri": ${JSON.stringify(nlriText(nlri, version))}` : `"prefix": "${prefix}"`;
    soFar.push(`{${shown}, "family": "${family}"}`);
    if (soFar.length <= GROWING_MAX) yield growing();
  }
  if (soFar.length > GROWING_MAX) yield growing();
}
