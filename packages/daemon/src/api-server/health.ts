/** grpc.health.v1, for load balancers and probes. */
import { setTimeout as pause } from 'node:timers/promises';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '@tsbgp/api';
import type { ControlPlane } from '../control-plane.ts';
import { quote } from '../quote.ts';
import type { ServiceContext } from './service-context.ts';

/** How often a Watch looks whether the status has changed. */
const LOOK_MS = 1000;

export function addHealth(router: ConnectRouter, control: ControlPlane, { services }: ServiceContext): void {
  const statusOf = (service: string): ServingStatus => {
    if (service !== '' && !services.some(({ typeName }) => typeName === service)) return ServingStatus.SERVICE_UNKNOWN;
    return control.health().healthy ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  };
  router.service(Health, {
    check({ service }) {
      const status = statusOf(service);
      if (status === ServingStatus.SERVICE_UNKNOWN) throw new ConnectError(`no service ${quote(service)}`, Code.NotFound);
      return { status };
    },
    list: () => ({
      statuses: Object.fromEntries(['', ...services.map(({ typeName }) => typeName)].map((name) => [name, { status: statusOf(name) }])),
    }),
    async *watch({ service }, { signal }) {
      let told: ServingStatus | undefined;
      for (;;) {
        signal.throwIfAborted();
        const status = statusOf(service);
        if (status !== told) yield { status };
        told = status;
        await pause(LOOK_MS, undefined, { signal }).catch(() => undefined); // aborted: thrown above, with its reason
      }
    },
  });
}
