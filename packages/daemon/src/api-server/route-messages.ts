/** Routes as the API's messages. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { RouteSchema } from '@tsbgp/api';
import { formatFamily } from '@tsbgp/wire';
import type { Route } from '../control-plane.ts';
import { attributeMessage } from './attribute-messages.ts';

export function routeMessage(route: Route): MessageInitShape<typeof RouteSchema> {
  return {
    family: formatFamily(route.family),
    prefix: route.prefix,
    pathIdentifier: route.pathIdentifier ?? 0,
    neighbor: route.neighbor,
    nextHop: route.nextHop,
    attributes: route.attributes.map(attributeMessage),
    best: route.best,
    filtered: route.filtered,
    learnedAt: timestampFromDate(route.learnedAt),
  };
}
