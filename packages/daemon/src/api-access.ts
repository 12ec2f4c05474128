/** Roles of clients of the API, and what each of them may do. api-server/access.ts has the tier of each call. */
import { createHash } from 'node:crypto';

/**
 * What a call can do.
 *
 *     read       shows state
 *     sensitive  shows the configuration, which says how the network is protected
 *     change     changes neighbors and routes
 *     operate    changes the daemon as a whole, or lets it read files that the caller names
 */
export type Tier = 'read' | 'sensitive' | 'change' | 'operate';

export const API_ROLES = ['none', 'read-only', 'operator', 'admin'] as const;
export type ApiRole = (typeof API_ROLES)[number];

export const ROLE_TIERS: Readonly<Record<ApiRole, readonly Tier[]>> = {
  none: [],
  'read-only': ['read'],
  operator: ['read', 'sensitive', 'change'],
  admin: ['read', 'sensitive', 'change', 'operate'],
};

/** A bearer token, known by the SHA-256 of its octets. */
export interface ApiToken {
  readonly sha256: string;
  readonly role: ApiRole;
}

export interface ApiAccess {
  /** Over TCP without a token. */
  readonly role: ApiRole;
  readonly tokens: readonly ApiToken[];
}

/** Everyone may do everything: as long as the configuration says nothing else. */
export const OPEN_ACCESS: ApiAccess = { role: 'admin', tokens: [] };

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
