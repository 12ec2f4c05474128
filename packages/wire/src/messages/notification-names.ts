/** Names of NOTIFICATION codes and subcodes. Source: IANA, BGP Error (Notification) Codes and Subcodes, 2026-11. */

const CODES: readonly string[] = [
  'Reserved',
  'Message Header Error',
  'OPEN Message Error',
  'UPDATE Message Error',
  'Hold Timer Expired',
  'Finite State Machine Error',
  'Cease',
  'ROUTE-REFRESH Message Error',
  'Send Hold Timer Expired',
  'Loss of LSDB Synchronization',
];

const SUBCODES: readonly Readonly<Record<number, string>>[] = [
  {},
  { 0: 'Unspecific', 1: 'Connection Not Synchronized', 2: 'Bad Message Length', 3: 'Bad Message Type' },
  {
    0: 'Unspecific',
    1: 'Unsupported Version Number',
    2: 'Bad Peer AS',
    3: 'Bad BGP Identifier',
    4: 'Unsupported Optional Parameter',
    5: 'Authentication Failure (deprecated)',
    6: 'Unacceptable Hold Time',
    7: 'Unsupported Capability',
    8: 'Deprecated',
    9: 'Deprecated',
    10: 'Deprecated',
    11: 'Role Mismatch',
  },
  {
    0: 'Unspecific',
    1: 'Malformed Attribute List',
    2: 'Unrecognized Well-known Attribute',
    3: 'Missing Well-known Attribute',
    4: 'Attribute Flags Error',
    5: 'Attribute Length Error',
    6: 'Invalid ORIGIN Attribute',
    7: 'AS Routing Loop (deprecated)',
    8: 'Invalid NEXT_HOP Attribute',
    9: 'Optional Attribute Error',
    10: 'Invalid Network Field',
    11: 'Malformed AS_PATH',
  },
  {},
  {
    0: 'Unspecified Error',
    1: 'Receive Unexpected Message in OpenSent State',
    2: 'Receive Unexpected Message in OpenConfirm State',
    3: 'Receive Unexpected Message in Established State',
  },
  {
    0: 'Reserved',
    1: 'Maximum Number of Prefixes Reached',
    2: 'Administrative Shutdown',
    3: 'Peer De-configured',
    4: 'Administrative Reset',
    5: 'Connection Rejected',
    6: 'Other Configuration Change',
    7: 'Connection Collision Resolution',
    8: 'Out of Resources',
    9: 'Hard Reset',
    10: 'BFD Down',
  },
  { 0: 'Reserved', 1: 'Invalid Message Length' },
  {},
  {},
];

/** The registry's name, or `Error code N`. */
export function notificationCodeName(code: number): string {
  return CODES[code] ?? `Error code ${code}`;
}

/** The registry's name, `subcode N` where it has none, and '' for subcode 0 of a code that has no subcodes. */
export function notificationSubcodeName(code: number, subcode: number): string {
  const name = SUBCODES[code]?.[subcode];
  if (name !== undefined) return name;
  return subcode === 0 ? '' : `subcode ${subcode}`;
}
