/** What the program says it is. */
import type { ApiVersion } from '@tsbgp/process-api';

/** Of the packages of tsbgp. */
export const TSBGP_VERSION = '0.1.0';

/** `exabgp_version` in the environment, or the release of ExaBGP that it acts as, with our own version as build metadata. */
export function versionText(variables: Readonly<Record<string, string | undefined>>, version: ApiVersion): string {
  return variables['exabgp_version'] ?? variables['exabgp.version'] ?? `${version}.0.0+tsbgp.${TSBGP_VERSION}`;
}
