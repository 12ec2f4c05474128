/**
 * The services of the API, a row each. The rows say what is routed, what reflection lists, and which names health knows. A new service is a
 * file with its handlers and a row here.
 */
import type { DescService } from '@bufbuild/protobuf';
import type { ConnectRouter } from '@connectrpc/connect';
import {
  ConfigService,
  ControlService,
  EventService,
  GlobalService,
  Health,
  InjectionService,
  NeighborService,
  PolicyService,
  ProcessService,
  RibService,
  RpkiService,
  reflectionV1,
  reflectionV1alpha,
} from '@tsbgp/api';
import type { ControlPlane } from '../control-plane.ts';
import { addConfigService } from './config-service.ts';
import { addControlService, addGlobalService } from './control-service.ts';
import { addEventService } from './event-service.ts';
import { addHealth } from './health.ts';
import { addInjectionService } from './injection-service.ts';
import { addNeighborService } from './neighbor-service.ts';
import { addPolicyService } from './policy-service.ts';
import { addProcessService } from './process-service.ts';
import { addReflection, addReflectionAlpha } from './reflection.ts';
import { addRibService } from './rib-service.ts';
import { addRpkiService } from './rpki-service.ts';
import type { ServiceContext } from './service-context.ts';

interface Service {
  readonly descriptor: DescService;
  /** Adds the handlers of the service to the router. */
  readonly add: (router: ConnectRouter, control: ControlPlane, context: ServiceContext) => void;
}

const SERVICES: readonly Service[] = [
  { descriptor: GlobalService, add: addGlobalService },
  { descriptor: NeighborService, add: addNeighborService },
  { descriptor: RibService, add: addRibService },
  { descriptor: RpkiService, add: addRpkiService },
  { descriptor: InjectionService, add: addInjectionService },
  { descriptor: PolicyService, add: addPolicyService },
  { descriptor: ProcessService, add: addProcessService },
  { descriptor: ControlService, add: addControlService },
  { descriptor: EventService, add: addEventService },
  { descriptor: ConfigService, add: addConfigService },
  { descriptor: Health, add: addHealth },
  { descriptor: reflectionV1.ServerReflection, add: addReflection },
  { descriptor: reflectionV1alpha.ServerReflection, add: addReflectionAlpha },
];

export function addServices(router: ConnectRouter, control: ControlPlane, parts: Omit<ServiceContext, 'services'>): void {
  const context = { ...parts, services: SERVICES.map(({ descriptor }) => descriptor) };
  for (const { add } of SERVICES) add(router, control, context);
}
