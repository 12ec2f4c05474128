/** A route whose NLRI is a value of @tsbgp/wire: everything but prefixes. */
import { encodeTypedNlri, type TypedNlri } from '@tsbgp/wire';
import { asSyntax, type RouteDraft } from './draft.ts';
import { octetText, type Route, routeKey } from './route.ts';

export function typedRoute(nlri: TypedNlri, draft: RouteDraft, line: number): Route {
  const octets = octetText(asSyntax(line, () => encodeTypedNlri(nlri)));
  return {
    family: nlri.family,
    key: routeKey(nlri.family, octets, draft.pathId),
    nlri: octets,
    pathId: draft.pathId,
    set: draft.build(),
    ...(draft.watchdog !== undefined && { watchdog: draft.watchdog }),
    ...(draft.startsWithdrawn && { startsWithdrawn: true }),
  };
}
