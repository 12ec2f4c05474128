import type { DescService } from '@bufbuild/protobuf';
import type { Boundaries } from '../boundaries.ts';

/** What handlers may need besides the control plane. */
export interface ServiceContext {
  readonly boundaries: Boundaries;
  /** Every service of the API. */
  readonly services: readonly DescService[];
}
