/**
 * Why routes are rejected: the word that our statements use, and the number of Euro-IX's large community RS:1101:n, which looking glasses
 * print. Numbers from 16 on are ours, where Euro-IX has none.
 */
export const REJECT_REASONS = {
  'prefix-too-long': 1,
  'prefix-too-short': 2,
  'bogon-prefix': 3,
  'bogon-as': 4,
  'as-path-too-long': 5,
  'as-path-empty': 6,
  'first-as': 7,
  'next-hop': 8,
  'prefix-not-in-irr': 9,
  'origin-not-in-irr': 10,
  'rpki-invalid': 13,
  'transit-free-as': 14,
  'too-many-communities': 15,
  'never-via-route-servers': 16,
  'prefix-on-blocklist': 17,
  'aspa-invalid': 22,
} as const;

/** A key of `REJECT_REASONS`. */
export type RejectReason = keyof typeof REJECT_REASONS;
