/** The dialects of the API, a row each. Routing, reflection, health and errors follow from the rows; access.ts has the tier of each call. */
import type { DescService } from '@bufbuild/protobuf';
import type { ConnectError } from '@connectrpc/connect';
import type { ControlError } from '../control-plane.ts';
import { BGPGG } from './bgpgg/dialect.ts';
import type { Dialect } from './dialect.ts';
import { RUSTBGPD } from './rustbgpd/dialect.ts';
import { TSBGP } from './tsbgp/dialect.ts';

export const DIALECTS: readonly Dialect[] = [TSBGP, BGPGG, RUSTBGPD];

const BY_SERVICE: ReadonlyMap<string, Dialect> = new Map(
  DIALECTS.flatMap((dialect) => dialect.services.map(({ descriptor }) => [descriptor.typeName, dialect] as const)),
);

/** The status of a refusal, in the terms of the service that was called. */
export function refusalOf(error: ControlError, service: DescService | undefined): ConnectError {
  return ((service && BY_SERVICE.get(service.typeName)) ?? TSBGP).refusal(error);
}
