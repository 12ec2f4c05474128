/** What an option that is left out means. */

/** `remotePort` of a peer that sets none (RFC 4271 §8.2.1). */
export const REMOTE_PORT_DEFAULT = 179;
/** `holdTimeSeconds` of a peer that sets none. */
export const HOLD_TIME_SECONDS_DEFAULT = 90;
/** `connectRetrySeconds` of a peer that sets none. */
export const CONNECT_RETRY_SECONDS_DEFAULT = 10;
/** `idleHoldSeconds` of a peer that sets none. */
export const IDLE_HOLD_SECONDS_DEFAULT = 1;
/** `highWaterBytes` of a peer that sets none. */
export const HIGH_WATER_BYTES_DEFAULT = 1_048_576;
/** `limit` of a range that sets none: peers at a time. */
export const RANGE_LIMIT_DEFAULT = 100;
/** `halfOpenMax` of a server that sets none. */
export const HALF_OPEN_MAX_DEFAULT = 1024;
/** `turnBudgetMs` of a server that sets none. */
export const TURN_BUDGET_MS_DEFAULT = 8;
