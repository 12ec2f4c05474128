/** rustbgpd.v1, the API of rustbgpd. */
import { rustbgpd } from '@tsbgp/api';
import type { Dialect } from '../dialect.ts';
import { addControlService, addGlobalService } from './control-service.ts';
import { refusal } from './errors.ts';
import { addInjectionService } from './injection-service.ts';
import { addNeighborService } from './neighbor-service.ts';
import { addPeerGroupService } from './peer-group-service.ts';
import { addPolicyService } from './policy-service.ts';
import { addRibService } from './rib-service.ts';

export const RUSTBGPD: Dialect = {
  services: [
    { descriptor: rustbgpd.GlobalService, add: addGlobalService },
    { descriptor: rustbgpd.NeighborService, add: addNeighborService },
    { descriptor: rustbgpd.PolicyService, add: addPolicyService },
    { descriptor: rustbgpd.PeerGroupService, add: addPeerGroupService },
    { descriptor: rustbgpd.RibService, add: addRibService },
    { descriptor: rustbgpd.InjectionService, add: addInjectionService },
    { descriptor: rustbgpd.ControlService, add: addControlService },
  ],
  furtherFiles: [],
  refusal,
};
