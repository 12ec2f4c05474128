/** Every service that the API offers: what reflection lists and health knows. */
import type { DescFile, DescService } from '@bufbuild/protobuf';
import {
  ControlService,
  EventService,
  file_tsbgp_v1_errors,
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
  EventService,
  Health,
  reflectionV1.ServerReflection,
  reflectionV1alpha.ServerReflection,
];

/** What no method names, but answers carry: the details of errors. */
export const FURTHER_FILES: readonly DescFile[] = [file_tsbgp_v1_errors];
