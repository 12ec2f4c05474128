/**
 * The sections of the configuration in the order in which they are applied. What can fail outside the daemon (listeners) comes first. What neighbors
 * name comes before neighbors.
 */
import { API } from './api.ts';
import { DECISION } from './decision.ts';
import { GLOBAL } from './global.ts';
import { HTTP } from './http.ts';
import { LISTEN } from './listen.ts';
import { LOG } from './log.ts';
import { MRT } from './mrt.ts';
import { NEIGHBORS } from './neighbors.ts';
import { OWN_ROUTES } from './own-routes.ts';
import { POLICIES } from './policies.ts';
import { PROCESSES } from './processes.ts';
import { RPKI } from './rpki.ts';
import type { ConfigSection } from './section.ts';

export const SECTIONS: readonly ConfigSection[] = [
  GLOBAL,
  LISTEN,
  API,
  HTTP,
  LOG,
  DECISION,
  OWN_ROUTES,
  RPKI,
  POLICIES,
  NEIGHBORS,
  PROCESSES,
  MRT,
];
