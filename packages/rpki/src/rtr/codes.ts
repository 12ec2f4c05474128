/** Numbers of the RPKI-to-router protocol: RFC 6810 (version 0), RFC 8210 (version 1), draft-ietf-sidrops-8210bis (version 2). */

/** Types of PDUs (RFC 8210 §14, 8210bis §14). */
export const PduType = {
  SerialNotify: 0,
  SerialQuery: 1,
  ResetQuery: 2,
  CacheResponse: 3,
  Ipv4Prefix: 4,
  Ipv6Prefix: 6,
  EndOfData: 7,
  CacheReset: 8,
  RouterKey: 9,
  ErrorReport: 10,
  Aspa: 11,
} as const;

/** RFC 8210 §12, 8210bis §12. */
export const RtrError = {
  CorruptData: 0,
  InternalError: 1,
  NoDataAvailable: 2,
  InvalidRequest: 3,
  UnsupportedVersion: 4,
  UnsupportedPduType: 5,
  WithdrawalOfUnknownRecord: 6,
  DuplicateAnnouncement: 7,
  UnexpectedVersion: 8,
  AspaProviderList: 9,
} as const;

const ERROR_NAMES = [
  'Corrupt Data',
  'Internal Error',
  'No Data Available',
  'Invalid Request',
  'Unsupported Protocol Version',
  'Unsupported PDU Type',
  'Withdrawal of Unknown Record',
  'Duplicate Announcement Received',
  'Unexpected Protocol Version',
  'ASPA Provider List Error',
];

/** "Corrupt Data", or "error 200" for a code without a name. */
export function rtrErrorName(code: number): string {
  return ERROR_NAMES[code] ?? `error ${code}`;
}

/** A version of the protocol that we speak. */
export type RtrVersion = 0 | 1 | 2;
/** The highest version that this package speaks. */
export const RTR_VERSION_MAX: RtrVersion = 2;

export function isRtrVersion(version: number): version is RtrVersion {
  return version === 0 || version === 1 || version === 2;
}

/** Registered by IANA as rpki-rtr. */
export const RTR_PORT = 323;
/** Registered by IANA as rpki-rtr-tls. */
export const RTR_TLS_PORT = 324;
