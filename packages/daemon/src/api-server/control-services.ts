/** GlobalService and ControlService. */

import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import { ControlService, GlobalService } from '@tsbgp/api';
import type { ControlPlane } from '../control-plane.ts';

export function addControlServices(router: ConnectRouter, control: ControlPlane): void {
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
  router.service(ControlService, {
    getHealth() {
      const health = control.health();
      return {
        ...health,
        uptimeSeconds: BigInt(Math.floor(health.uptimeSeconds)),
        routes: BigInt(health.routes),
        rssBytes: BigInt(health.rssBytes),
      };
    },
    getMetrics: () => ({ text: control.metrics() }),
    shutdown({ reason }) {
      // After the answer left: the daemon closes this very connection.
      setImmediate(() => control.shutdown(reason === '' ? undefined : reason));
      return {};
    },
  });
}
