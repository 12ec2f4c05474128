/** From the caches of the configuration to those of the RPKI library. */
import type { CacheOptions, Connect } from '@tsbgp/rpki';
import { connectProtected } from '@tsbgp/session';
import type { RpkiCacheConfig } from '../rpki-config.ts';

/** Functions that open signed connections, by key. A cache whose options are the same keeps its connection, so that it must get the same function. */
const signing: Map<string, Connect> = new Map();

export function cacheOptions(cache: RpkiCacheConfig): CacheOptions {
  const { name, address, port, transport, preference, localAddress, password, tls, ssh, refresh, retry, expire } = cache;
  return {
    name,
    host: address,
    port,
    preference,
    transport: transport === 'md5' ? 'tcp' : transport,
    ...(localAddress !== undefined && { localAddress }),
    ...(transport === 'md5' && { connect: signedConnect(password ?? '') }),
    ...(transport === 'tls' && { tls: { caFile: tls.ca, certFile: tls.cert, keyFile: tls.key, serverName: tls.name } }),
    ...(transport === 'ssh' && { ssh: { user: ssh.user, identityFile: ssh.identityFile, knownHostsFile: ssh.knownHosts } }),
    overrides: {
      ...(refresh !== undefined && { refresh }),
      ...(retry !== undefined && { retry }),
      ...(expire !== undefined && { expire }),
    },
  };
}

function signedConnect(md5Key: string): Connect {
  const known = signing.get(md5Key);
  if (known !== undefined) return known;
  const connect: Connect = ({ host, port, localAddress }) =>
    connectProtected({ host, port, ...(localAddress !== undefined && { localAddress }) }, { md5Key });
  signing.set(md5Key, connect);
  return connect;
}
