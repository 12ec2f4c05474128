/** MrtService: the MRT files that the daemon writes. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import { type MrtDumpSchema, MrtService } from '@tsbgp/api';
import type { ControlPlane } from '../../control-plane.ts';
import type { MrtDump } from '../../mrt-control.ts';

export function addMrtService(router: ConnectRouter, control: ControlPlane): void {
  router.service(MrtService, {
    dumpTables: async () => ({ dump: dumpMessage(await control.mrt.dumpTables()) }),
    getMrt: () => {
      const { config, isRunning, nextAt, last, lastError = '', dumps, failures } = control.mrt.tables();
      if (config === undefined) return {};
      return {
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
