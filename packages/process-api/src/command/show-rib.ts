/** `show adj-rib in` and `out`. */
import type { ApiVersion } from '../events/api-version.ts';
import { attributesJson } from '../events/attribute-json.ts';
import { attributesText } from '../events/attribute-text.ts';
import { nlriJson } from '../events/nlri-json.ts';
import { nlriText } from '../events/nlri-text.ts';
import type { NlriView } from '../events/update-view.ts';
import { familyName } from '../text/families.ts';
import type { CommandNeighbor, ShownRoute } from './control.ts';

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

export async function* ribLines(neighbors: readonly CommandNeighbor[], options: RibOptions): AsyncGenerator<string> {
  for (const neighbor of neighbors) yield* options.json ? jsonLines(neighbor, options) : textLines(neighbor, options);
}

async function* shownRoutes(neighbor: CommandNeighbor, { direction, extensive, kinds }: RibOptions): AsyncGenerator<ShownRoute> {
  for await (const route of neighbor.shownRoutes(direction, extensive)) {
    if (kinds.size === 0 || kinds.has(kindOf(route.nlri))) yield route;
  }
}

function kindOf({ family }: NlriView): string {
  const name = familyName(family);
  if (name.includes('flow')) return 'flow';
  return name.startsWith('l2vpn') ? 'l2vpn' : 'inet';
}

async function* textLines(neighbor: CommandNeighbor, options: RibOptions): AsyncGenerator<string> {
  const { version } = options;
  for await (const { nlri, nextHop, attributes } of shownRoutes(neighbor, options)) {
    const name = options.extensive ? neighbor.name : neighbor.peerAddress;
    const hop = !options.extensive || nextHop === undefined ? '' : ` next-hop ${nextHop}`;
    const words = options.extensive ? attributesText(attributes, version) : '';
    yield `${name} ${familyName(nlri.family)} ${nlriText(nlri, version)}${hop}${words}`;
  }
}

async function* jsonLines(neighbor: CommandNeighbor, options: RibOptions): AsyncGenerator<string> {
  const { version } = options;
  const address = neighbor.peerAddress;
  const soFar: string[] = [];
  const growing = (): string => `{"${address}": {"routes": [${soFar.join(', ')}]}}`;
  for await (const { nlri, nextHop, attributes } of shownRoutes(neighbor, options)) {
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
