/** Whose events and answers a process gets: those of ExaBGP 4, 5 or 6. */
export type ApiVersion = 4 | 5 | 6;

/** The `exabgp` member of events. */
export const JSON_VERSIONS: Readonly<Record<ApiVersion, string>> = { 4: '4.0.1', 5: '5.0.0', 6: '6.0.0' };
