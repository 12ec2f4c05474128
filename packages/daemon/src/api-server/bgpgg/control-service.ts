/** The daemon itself in bgp.BgpService, and the BMP servers, of which it has none. */
import type { ServiceImpl } from '@connectrpc/connect';
import type { bgpgg } from '@tsbgp/api';
import type { ControlPlane } from '../../control-plane.ts';
import { unimplemented } from './errors.ts';

export function controlMethods(
  control: ControlPlane,
): Pick<ServiceImpl<typeof bgpgg.BgpService>, 'getServerInfo' | 'addBmpServer' | 'removeBmpServer' | 'listBmpServers'> {
  const noBmp = (): never => {
    throw unimplemented('this daemon does not send BMP (RFC 7854)');
  };
  return {
    getServerInfo() {
      const [listen] = control.global().listen;
      return { listenAddr: listen?.host ?? '', listenPort: listen?.port ?? 0, numRoutes: BigInt(control.health().routes) };
    },
    addBmpServer: noBmp,
    removeBmpServer: noBmp,
    listBmpServers: noBmp,
  };
}
