/** bgp.BgpService, the API of bgpgg. */
import { bgpgg } from '@tsbgp/api';
import type { Dialect } from '../dialect.ts';
import { controlMethods } from './control-service.ts';
import { refusal } from './errors.ts';
import { injectionMethods } from './injection-service.ts';
import { neighborMethods } from './neighbor-service.ts';
import { policyMethods } from './policy-service.ts';
import { ribMethods } from './rib-service.ts';

export const BGPGG: Dialect = {
  services: [
    {
      descriptor: bgpgg.BgpService,
      add: (router, control, context) =>
        router.service(bgpgg.BgpService, {
          ...controlMethods(control),
          ...injectionMethods(control),
          ...neighborMethods(control, context),
          ...policyMethods(control, context),
          ...ribMethods(control),
        }),
    },
  ],
  furtherFiles: [],
  refusal,
};
