/** GlobalService: who the daemon is. */
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import { GlobalService } from '@tsbgp/api';
import type { ControlPlane } from '../control-plane.ts';

export function addGlobalService(router: ConnectRouter, control: ControlPlane): void {
  router.service(GlobalService, {
    getGlobal() {
      const { localAs, routerId, listen, version, startedAt } = control.global();
      return {
        localAs,
        routerId,
        listen: listen.map(({ host, port }) => ({ host, port })),
        version,
        startedAt: timestampFromDate(startedAt),
      };
    },
  });
}
