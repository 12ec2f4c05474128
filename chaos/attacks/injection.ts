/** Many routes in one call, again and again, and their deletion. */
import { createTsbgpClient } from '@tsbgp/api';
import { type Attack, pause } from '../plan.ts';

const ROUTES = 50_000;

export const injection: Attack = async ({ socket, signal, did }) => {
  const { injection: service } = createTsbgpClient({ address: `unix://${socket}` });
  const routes = Array.from({ length: ROUTES }, (_, i) => ({
    prefix: `100.${64 + (i >>> 16)}.${(i >>> 8) & 255}.${i & 255}/32`,
    nextHop: '10.78.0.1',
  }));
  const keys = routes.map(({ prefix }) => ({ prefix }));
  while (!signal.aborted) {
    try {
      await service.addRoutes({ routes });
      did('routes injected', ROUTES);
      await pause(1000, signal);
      await service.deleteRoutes({ routes: keys });
      did('routes deleted', ROUTES);
    } catch {
      did('calls refused');
    }
    await pause(1000, signal);
  }
  // No route may be left: the check at the end compares them.
  await service.deleteRoutes({ routes: keys }).catch(() => did('last deletion refused'));
};
