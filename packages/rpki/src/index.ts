/** @tsbgp/rpki: RPKI for routers. RTR client, VRPs and origin validation, ASPAs and path verification, files of relying parties, SLURM. */
export {
  type Aspa,
  type AspaSource,
  AspaTable,
  type AspaTransfer,
  type ChangedCustomers,
  type Hop,
  type SourcedAspa,
} from './aspa/aspa-table.ts';
export { type AspaDirection, type AspaState, aspaDirection, type VerifyOptions, verifyAsns, verifyAsPath } from './aspa/verify.ts';
export type { CacheContents } from './cache/cache-data.ts';
export { RtrCache, type RtrCacheOptions } from './cache/rtr-cache.ts';
export { boundedIntervals, INTERVALS_DEFAULT } from './client/intervals.ts';
export {
  type Action as RtrAction,
  type DataIdentity,
  type Event as RtrEvent,
  newSession as newRtrSession,
  type Phase as RtrPhase,
  type Session as RtrSession,
  type SessionConfig as RtrSessionConfig,
  type Step as RtrStep,
  type Timer as RtrTimer,
} from './client/session.ts';
export { ASPAS_MAX, VRPS_MAX } from './client/staging.ts';
export { step as stepRtrSession } from './client/step.ts';
export type { Clock } from './clock.ts';
export { RpkiFileError } from './files/file-error.ts';
export type { Logger } from './logger.ts';
export { decodeRovCommunity, encodeRovCommunity, formatRovState, isRovCommunity } from './rov-community.ts';
export { type CacheOptions, PREFERENCE_DEFAULT, RpkiClient, type RpkiOptions, type RpkiSources, type Validation } from './rpki-client.ts';
export { PduType, RTR_PORT, RTR_TLS_PORT, RTR_VERSION_MAX, RtrError, type RtrVersion, rtrErrorName } from './rtr/codes.ts';
export { decodePdu, PDU_LENGTH_MAX, pduLength } from './rtr/decode.ts';
export { encodePdu, errorReport } from './rtr/encode.ts';
export { type PduHandler, PduStream } from './rtr/framing.ts';
export { ANNOUNCE, type Pdu, RtrFault, type RtrIntervals } from './rtr/pdu.ts';
export type { RpkiChange } from './source/source-data.ts';
export type { CacheStatus, FileStatus, RpkiStatus, SourceCounts } from './status.ts';
export type { VrpFilter } from './table/filter.ts';
export { type ChangedRanges, type FamilyRanges, formatRanges, isEmpty, RANGES_MAX } from './table/ranges.ts';
export { formatVrp, type Vrp, type VrpOctets } from './table/vrp.ts';
export { RovState } from './table/vrp-rows.ts';
export {
  SOURCES_MAX,
  type SourcedVrp,
  type VrpQuery,
  type VrpScan,
  type VrpSource,
  VrpTable,
  type VrpTransfer,
} from './table/vrp-table.ts';
export type { Connect, SshOptions, TcpTarget, TlsOptions, TransportOptions } from './transport/options.ts';
