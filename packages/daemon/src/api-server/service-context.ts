import type { DescFile, DescService } from '@bufbuild/protobuf';
import type { Boundaries } from '../boundaries.ts';
import type { Configuration } from '../configuration.ts';

/** What handlers may need besides the control plane. */
export interface ServiceContext {
  readonly boundaries: Boundaries;
  /** Undefined where the daemon has no configuration file. */
  readonly configuration: Configuration | undefined;
  /** Every service of the API. */
  readonly services: readonly DescService[];
  /** Files without a service that reflection knows too. */
  readonly furtherFiles: readonly DescFile[];
}
