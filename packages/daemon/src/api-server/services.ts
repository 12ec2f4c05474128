/** Every service that the API offers: what reflection lists and health knows. */
import type { DescService } from '@bufbuild/protobuf';
import {
  ControlService,
  GlobalService,
  Health,
  InjectionService,
  NeighborService,
  RibService,
  reflectionV1,
  reflectionV1alpha,
} from '@tsbgp/api';

export const SERVICES: readonly DescService[] = [
  GlobalService,
  NeighborService,
  RibService,
  InjectionService,
  ControlService,
  Health,
  reflectionV1.ServerReflection,
  reflectionV1alpha.ServerReflection,
];
