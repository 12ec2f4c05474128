/** tsbgp.v1, the daemon's own API. A new service is a file with its handlers and a row here. */
import {
  ConfigService,
  ControlService,
  EventService,
  file_tsbgp_v1_errors,
  GlobalService,
  InjectionService,
  MrtService,
  NeighborService,
  PolicyService,
  ProcessService,
  RibService,
  RpkiService,
} from '@tsbgp/api';
import type { Dialect } from '../dialect.ts';
import { addConfigService } from './config-service.ts';
import { addControlService, addGlobalService } from './control-service.ts';
import { refusal } from './errors.ts';
import { addEventService } from './event-service.ts';
import { addInjectionService } from './injection-service.ts';
import { addMrtService } from './mrt-service.ts';
import { addNeighborService } from './neighbor-service.ts';
import { addPolicyService } from './policy-service.ts';
import { addProcessService } from './process-service.ts';
import { addRibService } from './rib-service.ts';
import { addRpkiService } from './rpki-service.ts';

export const TSBGP: Dialect = {
  services: [
    { descriptor: GlobalService, add: addGlobalService },
    { descriptor: NeighborService, add: addNeighborService },
    { descriptor: RibService, add: addRibService },
    { descriptor: RpkiService, add: addRpkiService },
    { descriptor: InjectionService, add: addInjectionService },
    { descriptor: PolicyService, add: addPolicyService },
    { descriptor: ProcessService, add: addProcessService },
    { descriptor: MrtService, add: addMrtService },
    { descriptor: ControlService, add: addControlService },
    { descriptor: EventService, add: addEventService },
    { descriptor: ConfigService, add: addConfigService },
  ],
  furtherFiles: [file_tsbgp_v1_errors],
  refusal,
};
