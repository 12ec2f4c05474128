/** GlobalService and ControlService: who the daemon is, its health and metrics, and its end. */
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import { ControlService, GlobalService } from '@tsbgp/api';
import type { ControlPlane } from '../../control-plane.ts';
import type { ServiceContext } from '../service-context.ts';
import { communicationOf } from './neighbor-service.ts';

export function addControlService(router: ConnectRouter, control: ControlPlane, { boundaries }: ServiceContext): void {
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
    shutdown({ reason, restart }) {
      const communication = communicationOf(reason);
      // Only after the answer is sent: the daemon closes this connection too. An exception there has no promise to reject, hence the boundary.
      setImmediate(() => boundaries.run('api', {}, () => control.shutdown(communication, restart)));
      return {};
    },
  });
}

export function addGlobalService(router: ConnectRouter, control: ControlPlane): void {
  router.service(GlobalService, {
    getGlobal() {
      const global = control.global();
      const { confederation, ...rest } = global;
      return {
        ...rest,
        listen: [...global.listen],
        startedAt: timestampFromDate(global.startedAt),
        ...(confederation && { confederation: { ...confederation, members: [...confederation.members] } }),
      };
    },
  });
}
