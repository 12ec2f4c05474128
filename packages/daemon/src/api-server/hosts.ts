/**
 * Decides which requests are answered. A web page in a browser can reach a daemon on the user's machine or network, from the page's own origin or through
 * a name of the page that resolves to the daemon (DNS rebinding). So the Host of a request over TCP must name this daemon, and so must Origin
 * (RFC 6454) where a request has one. Programs send no Origin.
 */
import { equalBytes, parseAddress } from '@tsbgp/wire';

/** Host and port from `Host` or `:authority`. `port` is '' when there is none. */
export interface Authority {
  /** In lower case; an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: string;
}

const PORT_MAX = 65_535;
const REG_NAME = /^(?:[a-z0-9._~!$&'()*+,;=-]|%[0-9a-f]{2})+$/i;

/** Reads an authority (RFC 3986 §3.2, without user information). Undefined when the text is none, or is empty. */
export function parseAuthority(text: string): Authority | undefined {
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{0,5}))?$/.exec(text);
  if (parts === null || Number(parts[3] ?? '') > PORT_MAX) return undefined;
  const port = parts[3] ?? '';
  if (parts[1] !== undefined) {
    const address = parts[1].toLowerCase();
    return parseAddress(address)?.length === 16 ? { host: address, port } : undefined;
  }
  const host = parts[2]!.toLowerCase();
  if (!REG_NAME.test(host)) return undefined;
  // A host that ends in a number must be an IPv4 address (WHATWG URL, "ends in a number").
  if (/(?:^|\.)\d+\.?$/.test(host) && parseAddress(host) === undefined) return undefined;
  return { host, port };
}

/**
 * Whether `host` names this daemon on a connection to `localAddress`. `names` are names and addresses of the daemon, besides loopback ones and
 * that address.
 */
export function isOurHost(host: string, localAddress: string | undefined, names: readonly string[]): boolean {
  const plain = host.endsWith('.') ? host.slice(0, -1) : host;
  if (plain === 'localhost' || plain.endsWith('.localhost') || sameAddress(plain, '::1') || /^127\.\d+\.\d+\.\d+$/.test(plain)) return true;
  if (localAddress !== undefined && sameAddress(plain, localAddress)) return true;
  return names.some((name) => name.toLowerCase() === plain || sameAddress(plain, name));
}

function sameAddress(a: string, b: string): boolean {
  const left = parseAddress(a);
  const right = parseAddress(b.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, ''));
  return left !== undefined && right !== undefined && equalBytes(left, right);
}

/** The Host fields of a request. Node shows only the first of them. */
export function hostFields({ rawHeaders }: { readonly rawHeaders: readonly string[] }): readonly string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === 'host');
}

export interface Arrival {
  /** HTTP/1.1: Host, or the authority of the target. HTTP/2: `:authority`, and Host if there is one too. */
  readonly hosts: readonly string[];
  readonly origin: string | undefined;
  readonly localAddress: string | undefined;
  /** Over the unix socket Host is not checked: file permissions say who may connect, and clients put anything into Host. */
  readonly isUnix: boolean;
}

export interface Turned {
  readonly reason: 'malformed' | 'host' | 'origin';
  readonly message: string;
}

/** Why a request is turned away; undefined when it is answered. `option` is the key of the configuration that has the names. */
export function turnAway(arrival: Arrival, names: readonly string[] | 'any-host', option: string): Turned | undefined {
  const { hosts, origin, localAddress, isUnix } = arrival;
  const authorities: Authority[] = [];
  for (const text of hosts) {
    if (text === '') continue;
    const authority = parseAuthority(text);
    if (authority === undefined) return { reason: 'malformed', message: 'Host or :authority is not a host and a port' };
    authorities.push(authority);
  }
  if (!isUnix) {
    if (authorities.length === 0) return { reason: 'malformed', message: 'Host or :authority is missing' };
    if (names !== 'any-host' && !authorities.every(({ host }) => isOurHost(host, localAddress, names))) {
      return { reason: 'host', message: `this host is not allowed: use an address of the daemon, or add the name to ${option}` };
    }
  }
  if (origin === undefined) return undefined;
  const from = parseAuthority(/^https?:\/\/([^/]*)$/i.exec(origin)?.[1] ?? '');
  const isOurs =
    from !== undefined &&
    isOurHost(from.host, localAddress, names === 'any-host' ? [] : names) &&
    authorities.some(({ host, port }) => host === from.host && port === from.port);
  return isOurs ? undefined : { reason: 'origin', message: 'this Origin is not allowed: pages of other hosts may not use the daemon' };
}
