/** ExplainRouteResponse as the views show it. */
import { type ExplainRouteResponse, ExportPending, ExportReason } from '@tsbgp/api';
import { given, pathsView, stepView } from './from-api.ts';
import type { ExplanationView, ExportPendingView, ExportReasonView } from './views/explanation.ts';

const REASONS: Readonly<Record<ExportReason, ExportReasonView | undefined>> = {
  [ExportReason.UNSPECIFIED]: undefined,
  [ExportReason.NO_SESSION]: 'no-session',
  [ExportReason.NO_FAMILY]: 'no-family',
  [ExportReason.OWN_ROUTE]: 'own-route',
  [ExportReason.SAME_AS]: 'same-as',
  [ExportReason.NOT_SELECTED]: 'not-selected',
  [ExportReason.INTERNAL_TO_INTERNAL]: 'internal-to-internal',
  [ExportReason.ONLY_TO_CUSTOMER]: 'only-to-customer',
  [ExportReason.NO_PEER]: 'no-peer',
  [ExportReason.LLGR_STALE]: 'llgr-stale',
  [ExportReason.NO_EXPORT]: 'no-export',
  [ExportReason.NO_ADVERTISE]: 'no-advertise',
  [ExportReason.CONTROL_COMMUNITY]: 'control-community',
  [ExportReason.PREFIX_FILTER]: 'prefix-filter',
  [ExportReason.OWN_NEXT_HOP]: 'own-next-hop',
  [ExportReason.NO_NEXT_HOP]: 'no-next-hop',
  [ExportReason.TOO_LARGE]: 'too-large',
  [ExportReason.SUMMARIZED]: 'summarized',
  [ExportReason.OWN_DEFAULT]: 'own-default',
  [ExportReason.EXPORT_POLICY]: 'export-policy',
  [ExportReason.NOT_BEST]: 'not-best',
  [ExportReason.BEST_PATH_ONLY]: 'best-path-only',
  [ExportReason.BETTER_PATH]: 'better-path',
  [ExportReason.ADD_PATH_LIMIT]: 'add-path-limit',
  [ExportReason.FAILED]: 'failed',
};

const PENDINGS: Readonly<Record<ExportPending, ExportPendingView | undefined>> = {
  [ExportPending.UNSPECIFIED]: undefined,
  [ExportPending.DECISION]: 'decision',
  [ExportPending.BEHIND]: 'behind',
  [ExportPending.FAILED]: 'failed',
};

/** A reason of a daemon that is newer than this program is 'unknown', never none: none means that the path is sent. */
function reasonView(reason: ExportReason): ExportReasonView | undefined {
  return reason in REASONS ? REASONS[reason] : 'unknown';
}

export function explanationView(message: ExplainRouteResponse): ExplanationView {
  return {
    ...pathsView(message),
    comparisons: message.comparisons.map(({ better, worse, step, betterValue, worseValue }) => ({
      better,
      worse,
      step: stepView(step),
      betterValue,
      worseValue,
    })),
    neighbors: message.neighbors.map(({ neighbor, reason, pending, paths }) => ({
      neighbor,
      reason: reasonView(reason),
      pending: PENDINGS[pending],
      paths: paths.map(({ path, reason, policyReason, policyStatement }) => ({
        path,
        reason: reasonView(reason),
        policyReason: given(policyReason),
        policyStatement: given(policyStatement),
      })),
    })),
  };
}
