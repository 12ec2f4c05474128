/** MrtService: the MRT files that the daemon writes. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import { type MrtDumpSchema, type MrtMessagesSchema, MrtService } from '@tsbgp/api';
import type { ControlPlane } from '../../control-plane.ts';
import type { MrtDump, MrtMessagesState } from '../../mrt-control.ts';

export function addMrtService(router: ConnectRouter, control: ControlPlane): void {
  router.service(MrtService, {
    dumpTables: async () => ({ dump: dumpMessage(await control.mrt.dumpTables()) }),
    getMrt: () => {
      const { config, isRunning, nextAt, last, lastError = '', dumps, failures } = control.mrt.tables();
      const messages = messagesMessage(control.mrt.messages());
      if (config === undefined) return { messages };
      return {
        messages,
        tables: {
          ...config,
          running: isRunning,
          dumps: BigInt(dumps),
          failures: BigInt(failures),
          nextAt: nextAt && timestampFromDate(nextAt),
          last: last && dumpMessage(last),
          lastError,
        },
      };
    },
  });
}

function messagesMessage(state: MrtMessagesState): MessageInitShape<typeof MrtMessagesSchema> | undefined {
  const { config, path = '', lastError = '', records, files, failures, droppedOctets } = state;
  if (config === undefined) return undefined;
  return {
    ...config,
    path,
    records: BigInt(records),
    files: BigInt(files),
    failures: BigInt(failures),
    droppedOctets: BigInt(droppedOctets),
    lastError,
  };
}

function dumpMessage({ startedAt, records, routes, octets, fileOctets, ...rest }: MrtDump): MessageInitShape<typeof MrtDumpSchema> {
  return {
    ...rest,
    startedAt: timestampFromDate(startedAt),
    records: BigInt(records),
    routes: BigInt(routes),
    octets: BigInt(octets),
    fileOctets: BigInt(fileOctets),
  };
}
