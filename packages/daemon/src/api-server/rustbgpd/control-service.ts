/** GlobalService and ControlService of rustbgpd.v1. */
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { rustbgpd } from '@tsbgp/api';
import type { ControlPlane } from '../../control-plane.ts';
import type { ServiceContext } from '../service-context.ts';
import { communicationOf } from './communication.ts';
import { unimplemented } from './errors.ts';

const U32_MAX = 0xffff_ffff;

export function addGlobalService(router: ConnectRouter, control: ControlPlane): void {
  router.service(rustbgpd.GlobalService, {
    getGlobal() {
      const { localAs, routerId, listen } = control.global();
      return { asn: localAs, routerId, listenPort: listen[0]?.port ?? 0 };
    },
    setGlobal() {
      throw unimplemented('who the daemon is does not change while it runs: change "global" in its file and start it again');
    },
  });
}

export function addControlService(router: ConnectRouter, control: ControlPlane, { boundaries }: ServiceContext): void {
  router.service(rustbgpd.ControlService, {
    getHealth() {
      const { healthy, uptimeSeconds, established, routes } = control.health();
      return {
        healthy,
        uptimeSeconds: BigInt(Math.floor(uptimeSeconds)),
        activePeers: established,
        totalRoutes: Math.min(routes, U32_MAX),
      };
    },
    getMetrics: () => ({ prometheusText: control.metrics() }),
    shutdown({ reason }) {
      const communication = communicationOf(reason);
      // Only after the answer is sent, as in tsbgp.v1.
      setImmediate(() => boundaries.run('api', {}, () => control.shutdown(communication)));
      return {};
    },
    async triggerMrtDump() {
      if (control.mrt.tables().config === undefined) {
        throw new ConnectError('MRT export is not configured: there is no mrt.tables', Code.FailedPrecondition);
      }
      return { filePath: (await control.mrt.dumpTables()).path };
    },
  });
}
