/** Every service of the API, on the control plane. */
import type { ConnectRouter } from '@connectrpc/connect';
import type { Boundaries } from '../boundaries.ts';
import type { ControlPlane } from '../control-plane.ts';
import { addControlServices } from './control-services.ts';
import { addEventService } from './event-service.ts';
import { addHealth } from './health.ts';
import { addInjectionService } from './injection-service.ts';
import { addNeighborService } from './neighbor-service.ts';
import { addReflection } from './reflection.ts';
import { addRibService } from './rib-service.ts';

export function routes(router: ConnectRouter, control: ControlPlane, boundaries: Boundaries): void {
  addControlServices(router, control, boundaries);
  addNeighborService(router, control);
  addRibService(router, control);
  addInjectionService(router, control);
  addEventService(router, control);
  addHealth(router, control);
  addReflection(router);
}
