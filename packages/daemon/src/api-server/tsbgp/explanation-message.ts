/** What explains a route, as the API's message. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { type ExplainRouteResponseSchema, ExportPending as Pending, ExportReason as Reason } from '@tsbgp/api';
import type { ExportPending, ExportReason } from '@tsbgp/rib';
import type { NeighborExplanation, RouteExplanation } from '../../control-plane.ts';
import { pathsMessage, STEPS } from './route-messages.ts';

const REASONS: Readonly<Record<ExportReason | NonNullable<NeighborExplanation['cause']>, Reason>> = {
  'no-session': Reason.NO_SESSION,
  'no-family': Reason.NO_FAMILY,
  'own-route': Reason.OWN_ROUTE,
  'same-as': Reason.SAME_AS,
  'not-selected': Reason.NOT_SELECTED,
  'internal-to-internal': Reason.INTERNAL_TO_INTERNAL,
  'only-to-customer': Reason.ONLY_TO_CUSTOMER,
  'no-peer': Reason.NO_PEER,
  'llgr-stale': Reason.LLGR_STALE,
  'no-export': Reason.NO_EXPORT,
  'no-advertise': Reason.NO_ADVERTISE,
  'control-community': Reason.CONTROL_COMMUNITY,
  'prefix-filter': Reason.PREFIX_FILTER,
  'own-next-hop': Reason.OWN_NEXT_HOP,
  'no-next-hop': Reason.NO_NEXT_HOP,
  'too-large': Reason.TOO_LARGE,
  summarized: Reason.SUMMARIZED,
  'own-default': Reason.OWN_DEFAULT,
  'export-policy': Reason.EXPORT_POLICY,
  'not-best': Reason.NOT_BEST,
  'best-path-only': Reason.BEST_PATH_ONLY,
  'better-path': Reason.BETTER_PATH,
  'add-path-limit': Reason.ADD_PATH_LIMIT,
  failed: Reason.FAILED,
};

const PENDINGS: Readonly<Record<ExportPending, Pending>> = {
  decision: Pending.DECISION,
  behind: Pending.BEHIND,
  failed: Pending.FAILED,
};

export function explanationMessage(explanation: RouteExplanation): MessageInitShape<typeof ExplainRouteResponseSchema> {
  const { comparisons, neighbors } = explanation;
  return {
    ...pathsMessage(explanation),
    comparisons: comparisons.map((each) => ({ ...each, step: STEPS[each.step] })),
    neighbors: neighbors.map(({ neighbor, cause, paths, pending }) => ({
      neighbor,
      reason: cause === undefined ? Reason.UNSPECIFIED : REASONS[cause],
      pending: pending === undefined ? Pending.UNSPECIFIED : PENDINGS[pending],
      paths: paths.map(({ path, reason, policyReason = '', policyStatement = '' }) => ({
        path,
        reason: reason === undefined ? Reason.UNSPECIFIED : REASONS[reason],
        policyReason,
        policyStatement,
      })),
    })),
  };
}
