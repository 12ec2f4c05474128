/** RPKI of the control plane in memory: answers from constants, and records what it was asked. */
import { AspaState, RovState } from '@tsbgp/rib';
import type { SourcedAspa, SourcedVrp } from '@tsbgp/rpki';
import { ControlError } from '../../src/control-plane.ts';
import type {
  AspaListQuery,
  RouteValidation,
  RpkiControl,
  RpkiPage,
  RpkiState,
  ValidateQuery,
  VrpListQuery,
} from '../../src/rpki-control.ts';
import { cacheConfig } from '../rpki/rpki-sources.ts';

const VRP: SourcedVrp = { prefix: '192.0.2.0/24', maxLength: 25, asn: 64_496, sources: ['cache'] };

export class FakeRpki implements RpkiControl {
  readonly asked: (ValidateQuery | VrpListQuery | AspaListQuery)[] = [];

  state(): RpkiState {
    return {
      isConfigured: true,
      isReady: false,
      total: { ipv4: 3, ipv6: 2, aspas: 1 },
      octets: 4096,
      caches: [
        {
          config: cacheConfig(323, { name: 'cache', transport: 'md5', password: 'secret' }),
          status: {
            name: 'cache',
            transport: 'tcp 127.0.0.1:323',
            preference: 1,
            phase: 'synced',
            version: 2,
            sessionId: 0,
            serial: 7,
            intervals: { refresh: 3600, retry: 600, expire: 7200 },
            ipv4: 3,
            ipv6: 2,
            aspas: 1,
            connectedSeconds: 0,
            updatedSeconds: 60,
            nextQuerySeconds: -1,
            expiresSeconds: 7140,
            lastError: { reason: 'connect ECONNREFUSED', secondsAgo: 61 },
            connects: 2,
            pdusReceived: 9,
            updates: 1,
            errors: 3,
          },
        },
      ],
      files: [{ file: '/a.json', kind: 'slurm', ipv4: 1, ipv6: 0, aspas: 0, loadedSeconds: undefined, error: '/a.json: cannot be read' }],
      revalidated: 12,
      isRevalidating: true,
    };
  }

  validate(query: ValidateQuery): RouteValidation {
    this.asked.push(query);
    return {
      rov: RovState.Invalid,
      covering: [{ ...VRP, match: 'too-long' }],
      aspa: AspaState.Unknown,
      hops: [{ from: 2, to: 1, up: 'no-attestation', down: 'not-provider' }],
    };
  }

  async vrps(query: VrpListQuery, limit: number): Promise<RpkiPage<SourcedVrp>> {
    this.asked.push(query);
    if (limit > 1000) throw new ControlError('invalid-argument', 'page_size', `found ${limit}, allowed 1 to 1000`);
    return { items: [VRP], next: query.after === undefined ? '5' : undefined };
  }

  aspas(query: AspaListQuery): RpkiPage<SourcedAspa> {
    this.asked.push(query);
    return { items: [{ customer: 1, providers: [2, 3], sources: ['cache'] }], next: undefined };
  }
}
