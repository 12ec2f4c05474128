/** PolicyService: translates between the messages and what can be asked about policies. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import {
  ExplainPolicyRequest_Direction as Direction,
  type ExplainPolicyRequest,
  type PolicyDifferenceSchema,
  PolicyService,
  type PolicySetSchema,
} from '@tsbgp/api';
import { type ControlPlane, invalidArgument } from '../../control-plane.ts';
import { DIFFERENCES, type NeighborDifference, type PolicyDirection, type PolicyQuery, type SetSummary } from '../../policy-plane.ts';
import { routeBatch } from './route-batches.ts';

const PAGE_DEFAULT = 1000;
const PAGE_MAX = 10_000;
const EXAMPLES_MAX = 100;

export function addPolicyService(router: ConnectRouter, control: ControlPlane): void {
  router.service(PolicyService, {
    listPolicies: () => ({ policies: control.policies.policies().map(policyMessage) }),
    getPolicy({ name }) {
      const { text, listing, ...policy } = control.policies.policy(name);
      const statements = listing.map((statement) => ({
        ...statement,
        conditions: [...statement.conditions],
        changes: [...statement.changes],
      }));
      return { policy: policyMessage(policy), text, statements };
    },
    listSets: () => ({ sets: control.policies.sets().map(setMessage) }),
    getSet({ kind, name, pageSize, pageToken }) {
      if (pageSize > PAGE_MAX) throw invalidArgument('page_size', `found ${pageSize}, allowed are 1 to ${PAGE_MAX}`);
      if (!/^\d{0,9}$/.test(pageToken))
        throw invalidArgument('page_token', `found "${pageToken}", allowed is next_page_token of an answer`);
      const { page, next, ...set } = control.policies.set(kind, name, Number(pageToken), pageSize || PAGE_DEFAULT);
      return { set: setMessage(set), entries: [...page], nextPageToken: next === undefined ? '' : String(next) };
    },
    async reloadPolicies() {
      const { changed, faults } = await control.policies.reload();
      return { changed: changed.map(({ path }) => path), errors: [...faults] };
    },
    explainPolicy: (request) => ({
      explanations: control.policies.explain(queryOf(request)).map(({ direction, statements, ...explanation }) => ({
        ...explanation,
        export: direction === 'export',
        statements: statements.map((statement) => ({
          ...statement,
          conditions: [...statement.conditions],
          changes: [...statement.changes],
        })),
      })),
    }),
    async diffPolicy({ configuration, neighbor, examples }) {
      if (examples > EXAMPLES_MAX) throw invalidArgument('examples', `found ${examples}, allowed are 1 to ${EXAMPLES_MAX}`);
      const options = { neighbor: neighbor || undefined, examplesMax: examples || undefined };
      const { compared, neighbors } = await control.policies.diff(configuration, options);
      return { compared, neighbors: neighbors.map(differenceMessage) };
    },
  });
}

const DIRECTIONS: Readonly<Partial<Record<Direction, PolicyDirection>>> = { [Direction.IMPORT]: 'import', [Direction.EXPORT]: 'export' };

function queryOf({ neighbor, prefix, direction, route }: ExplainPolicyRequest): PolicyQuery {
  const known = DIRECTIONS[direction];
  if (known === undefined && direction !== Direction.UNSPECIFIED) {
    throw invalidArgument('direction', `found ${direction}, allowed are DIRECTION_IMPORT and DIRECTION_EXPORT`);
  }
  if (route === undefined) return { neighbor, direction: known, subject: { prefix } };
  return { neighbor, direction: known, subject: { route: routeBatch([route]).at(0)! } };
}

interface Policy {
  readonly name: string;
  readonly statements: number;
  readonly file?: string | undefined;
  readonly uses: readonly { readonly neighbor: string; readonly import: boolean; readonly export: boolean }[];
  readonly calledBy: readonly string[];
}

function policyMessage({ name, statements, file = '', uses, calledBy }: Policy) {
  return { name, statements, file, uses: [...uses], calledBy: [...calledBy] };
}

function setMessage({ kind, name, entries, file }: SetSummary): MessageInitShape<typeof PolicySetSchema> {
  if (file === undefined) return { kind, name, entries: BigInt(entries) };
  const { state } = file;
  return {
    kind,
    name,
    entries: BigInt(entries),
    file: {
      file: file.file,
      list: file.list,
      generation: BigInt(state?.generation ?? 0),
      ...(state?.readAt && { readAt: timestampFromDate(state.readAt) }),
      ...(state?.writtenAt && { writtenAt: timestampFromDate(state.writtenAt) }),
      ...(state?.fault && { error: state.fault.text, errorAt: timestampFromDate(state.fault.at) }),
    },
  };
}

function differenceMessage(difference: NeighborDifference): MessageInitShape<typeof PolicyDifferenceSchema> {
  const counts = DIFFERENCES.map((kind) => {
    const { count, examples } = difference[kind];
    return [kind, { count: BigInt(count), examples: [...examples] }];
  });
  return { neighbor: difference.neighbor, ...Object.fromEntries(counts) };
}
