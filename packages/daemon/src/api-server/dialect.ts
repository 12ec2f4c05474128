/** What a dialect of the API is: an API that clients know, as an adapter on the one control plane. Each has a folder with a file `dialect.ts`. */
import type { DescFile, DescService } from '@bufbuild/protobuf';
import type { ConnectError, ConnectRouter } from '@connectrpc/connect';
import type { ControlError, ControlPlane } from '../control-plane.ts';
import type { ServiceContext } from './service-context.ts';

export interface Service {
  readonly descriptor: DescService;
  /** Adds the handlers of the service to the router. */
  readonly add: (router: ConnectRouter, control: ControlPlane, context: ServiceContext) => void;
}

export interface Dialect {
  readonly services: readonly Service[];
  /** Files that no method names, for reflection: answers carry their messages. */
  readonly furtherFiles: readonly DescFile[];
  /** The status of a refusal. The control plane names places in its own terms; the status has them in those of the dialect. */
  readonly refusal: (error: ControlError) => ConnectError;
}
