/** The path attributes, one line each. */
import { aggregator } from './aggregator.ts';
import { asPath } from './as-path.ts';
import { as4Aggregator } from './as4-aggregator.ts';
import { as4Path } from './as4-path.ts';
import { atomicAggregate } from './atomic-aggregate.ts';
import { clusterList } from './cluster-list.ts';
import type { AttributeCodec } from './codec.ts';
import { communities } from './communities.ts';
import { extendedCommunities } from './extended-communities.ts';
import { largeCommunities } from './large-communities.ts';
import { localPref } from './local-pref.ts';
import { mpReachNlri } from './mp-reach-nlri.ts';
import { mpUnreachNlri } from './mp-unreach-nlri.ts';
import { multiExitDisc } from './multi-exit-disc.ts';
import { nextHop } from './next-hop.ts';
import { origin } from './origin.ts';
import { originatorId } from './originator-id.ts';

const ROWS: readonly AttributeCodec<unknown>[] = [
  origin,
  asPath,
  nextHop,
  multiExitDisc,
  localPref,
  atomicAggregate,
  aggregator,
  communities,
  originatorId,
  clusterList,
  mpReachNlri,
  mpUnreachNlri,
  extendedCommunities,
  as4Path,
  as4Aggregator,
  largeCommunities,
];

/** code -> row, for each of the 256 codes; undefined where we know no such attribute. */
export const ATTRIBUTE_CODECS: readonly (AttributeCodec<unknown> | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  ROWS.find((row) => row.code === code),
);

export function attributeCodec(code: number): AttributeCodec<unknown> | undefined {
  return ATTRIBUTE_CODECS[code];
}

const BY_NAME: ReadonlyMap<string, AttributeCodec<unknown>> = new Map(
  ROWS.flatMap((row) => [
    [row.name, row],
    [row.type, row],
  ]),
);

/** The row with that RFC name or `type`, e.g. "AS_PATH" or "as-path". */
export function attributeCodecByName(name: string): AttributeCodec<unknown> | undefined {
  return BY_NAME.get(name);
}
