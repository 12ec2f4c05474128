/**
 * Statistics of BMP (IANA, BMP Statistics Types): RFC 7854 §4.8, RFC 8671 §7 and types registered since. A counter only grows (32 bits); a gauge
 * goes up and down (64 bits), some for each family. A type without a row here is read by the length of its value.
 */

/** How the value of a type is written. */
export type BmpStatisticForm = 'counter' | 'gauge' | 'family-gauge';

/** By name. `about` is for people. */
export const BmpStatistics = {
  rejectedPrefixes: { type: 0, form: 'counter', about: 'prefixes rejected by inbound policy' },
  duplicateAnnouncements: { type: 1, form: 'counter', about: 'duplicate announcements of prefixes' },
  duplicateWithdrawals: { type: 2, form: 'counter', about: 'duplicate withdrawals' },
  clusterListLoops: { type: 3, form: 'counter', about: 'updates invalidated by a loop in CLUSTER_LIST' },
  asPathLoops: { type: 4, form: 'counter', about: 'updates invalidated by a loop in AS_PATH' },
  originatorIdLoops: { type: 5, form: 'counter', about: 'updates invalidated by ORIGINATOR_ID' },
  confederationLoops: { type: 6, form: 'counter', about: 'updates invalidated by a loop in AS_CONFED_SEQUENCE or AS_CONFED_SET' },
  adjRibInRoutes: { type: 7, form: 'gauge', about: 'routes in Adj-RIB-In' },
  locRibRoutes: { type: 8, form: 'gauge', about: 'routes in Loc-RIB' },
  adjRibInRoutesOfFamily: { type: 9, form: 'family-gauge', about: 'routes of a family in Adj-RIB-In' },
  locRibRoutesOfFamily: { type: 10, form: 'family-gauge', about: 'routes of a family in Loc-RIB' },
  treatAsWithdrawUpdates: { type: 11, form: 'counter', about: 'updates treated as withdrawals (RFC 7606)' },
  treatAsWithdrawPrefixes: { type: 12, form: 'counter', about: 'prefixes treated as withdrawn (RFC 7606)' },
  duplicateUpdates: { type: 13, form: 'counter', about: 'duplicate updates' },
  prePolicyAdjRibOutRoutes: { type: 14, form: 'gauge', about: 'routes in Adj-RIB-Out before policy' },
  postPolicyAdjRibOutRoutes: { type: 15, form: 'gauge', about: 'routes in Adj-RIB-Out after policy' },
  prePolicyAdjRibOutRoutesOfFamily: { type: 16, form: 'family-gauge', about: 'routes of a family in Adj-RIB-Out before policy' },
  postPolicyAdjRibOutRoutesOfFamily: { type: 17, form: 'family-gauge', about: 'routes of a family in Adj-RIB-Out after policy' },
  prePolicyAdjRibInRoutes: { type: 18, form: 'gauge', about: 'routes in Adj-RIB-In before policy' },
  prePolicyAdjRibInRoutesOfFamily: { type: 19, form: 'family-gauge', about: 'routes of a family in Adj-RIB-In before policy' },
  postPolicyAdjRibInRoutes: { type: 20, form: 'gauge', about: 'routes in Adj-RIB-In after policy' },
  postPolicyAdjRibInRoutesOfFamily: { type: 21, form: 'family-gauge', about: 'routes of a family in Adj-RIB-In after policy' },
  rejectedRoutesOfFamily: { type: 22, form: 'family-gauge', about: 'routes of a family in Adj-RIB-In rejected by policy' },
  acceptedRoutesOfFamily: { type: 23, form: 'family-gauge', about: 'routes of a family in Adj-RIB-In accepted by policy' },
  suppressedRoutesOfFamily: { type: 26, form: 'family-gauge', about: 'routes of a family suppressed by damping' },
  staleRoutesOfFamily: { type: 27, form: 'family-gauge', about: 'routes of a family kept stale by graceful restart' },
  longLivedStaleRoutesOfFamily: { type: 28, form: 'family-gauge', about: 'routes of a family kept stale by long-lived graceful restart' },
  routesLeftBeforeThreshold: { type: 29, form: 'gauge', about: 'routes left before the threshold of Adj-RIB-In' },
  routesLeftBeforeThresholdOfFamily: {
    type: 30,
    form: 'family-gauge',
    about: 'routes of a family left before the threshold of Adj-RIB-In',
  },
  routesLeftBeforeLicense: { type: 31, form: 'gauge', about: 'routes left before the threshold of the license' },
  routesLeftBeforeLicenseOfFamily: { type: 32, form: 'family-gauge', about: 'routes of a family left before the threshold of the license' },
} as const;

/** A name in `BmpStatistics`. */
export type BmpStatisticName = keyof typeof BmpStatistics;

const BY_TYPE: ReadonlyMap<number, BmpStatisticName> = new Map(
  (Object.keys(BmpStatistics) as BmpStatisticName[]).map((name) => [BmpStatistics[name].type, name]),
);

/** The name of a type; undefined for one without a row. */
export function bmpStatisticName(type: number): BmpStatisticName | undefined {
  return BY_TYPE.get(type);
}
