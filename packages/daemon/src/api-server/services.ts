/**
 * The services of the API: those of its dialects, and those of gRPC itself. They say what is routed, what reflection lists, and which names health
 * knows.
 */
import type { ConnectRouter } from '@connectrpc/connect';
import { Health, reflectionV1, reflectionV1alpha } from '@tsbgp/api';
import type { ControlPlane } from '../control-plane.ts';
import type { Service } from './dialect.ts';
import { DIALECTS } from './dialects.ts';
import { addHealth } from './health.ts';
import { addReflection, addReflectionAlpha } from './reflection.ts';
import type { ServiceContext } from './service-context.ts';

const SERVICES: readonly Service[] = [
  ...DIALECTS.flatMap(({ services }) => services),
  { descriptor: Health, add: addHealth },
  { descriptor: reflectionV1.ServerReflection, add: addReflection },
  { descriptor: reflectionV1alpha.ServerReflection, add: addReflectionAlpha },
];

export function addServices(router: ConnectRouter, control: ControlPlane, parts: Omit<ServiceContext, 'services' | 'furtherFiles'>): void {
  const services = SERVICES.map(({ descriptor }) => descriptor);
  const furtherFiles = DIALECTS.flatMap((dialect) => dialect.furtherFiles);
  for (const { add } of SERVICES) add(router, control, { ...parts, services, furtherFiles });
}
