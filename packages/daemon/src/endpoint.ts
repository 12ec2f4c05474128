/** Endpoints: an IP address and a port. */

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export function formatEndpoint(endpoint: Endpoint): string {
  return endpoint.host.includes(':') ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`;
}

/** Both listen on the same port of the same address. A wildcard means every address of its kind. Port 0 is a new port each time. */
export function overlaps(a: Endpoint, b: Endpoint): boolean {
  if (a.port !== b.port || a.port === 0 || isIpv6(a.host) !== isIpv6(b.host)) return false;
  return a.host === b.host || isWildcard(a.host) || isWildcard(b.host);
}

export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

export function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === '::1';
}

export function isIpv6(host: string): boolean {
  return host.includes(':');
}
