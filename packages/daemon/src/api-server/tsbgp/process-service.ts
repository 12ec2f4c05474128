/** ProcessService: the programs of the configuration. */
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import { ProcessService, Process_State as State } from '@tsbgp/api';
import type { ControlPlane } from '../../control-plane.ts';

export function addProcessService(router: ConnectRouter, control: ControlPlane): void {
  router.service(ProcessService, {
    listProcesses: () => ({
      processes: control.processes().map(({ pid, startedAt, lastEnd = '', lastError = '', command, ...rest }) => ({
        ...rest,
        command: [...command],
        state: pid === undefined ? State.ENDED : State.RUNNING,
        pid: pid ?? 0,
        restarts: BigInt(rest.restarts),
        startedAt: timestampFromDate(startedAt),
        lastEnd,
        commands: BigInt(rest.commands),
        errors: BigInt(rest.errors),
        lastError,
        routes: BigInt(rest.routes),
        backlogBytes: BigInt(rest.backlogBytes),
        droppedLines: BigInt(rest.droppedLines),
      })),
    }),
  });
}
