/** GlobalService and ControlService. */

import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import { ControlService, GlobalService } from '@tsbgp/api';
import type { Boundaries } from '../boundaries.ts';
import type { ControlPlane } from '../control-plane.ts';
import { communicationOf } from './neighbor-service.ts';

export function addControlServices(router: ConnectRouter, control: ControlPlane, boundaries: Boundaries): void {
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
      // After the answer left: the daemon closes this very connection. No promise catches what is thrown then.
      const communication = communicationOf(reason);
      setImmediate(() => boundaries.run('api', {}, () => control.shutdown(communication)));
      return {};
    },
  });
}
