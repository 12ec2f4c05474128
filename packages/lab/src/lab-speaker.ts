/**
 * A lab peer: one session to the daemon, its routes, and its flaps. It uses @tsbgp/session as any program would. It has no RIB and only counts
 * what it receives.
 */
import { type Peer, type Plugin, Server, type UpdateWriter } from '@tsbgp/session';
import { type Capability, IPV4_UNICAST, IPV6_UNICAST, type WireContext } from '@tsbgp/wire';
import { type FlapPlan, flapPlans } from './flaps.ts';
import { isKnownTo, labRoute, loadSeeds, type RouteSeed } from './routes.ts';
import { DAEMON_AS, LAB_PEERS } from './topology.ts';
import { announce, endOfRib, withdraw } from './updates.ts';

export interface LabSpeakerOptions {
  /** Index into LAB_PEERS. */
  readonly position: number;
  /** Our side of the session. */
  readonly localAddress: string;
  readonly daemonAddress: string;
  readonly daemonPort: number;
  /** Pause between two flaps. 0: no flaps. */
  readonly flapIntervalMs: number;
}

export type LabEvent =
  | { readonly type: 'established'; readonly routes: number }
  | { readonly type: 'closed'; readonly reason: string }
  | { readonly type: 'flap'; readonly kind: FlapPlan['kind']; readonly count: number; readonly example: string };

export interface LabSpeaker {
  close(): Promise<void>;
}

const CAPABILITIES: readonly Capability[] = [
  { type: 'multiprotocol', family: IPV4_UNICAST },
  { type: 'multiprotocol', family: IPV6_UNICAST },
  { type: 'route-refresh' },
];

/** RFC 9003 text of the NOTIFICATION when the lab ends. */
const GOODBYE = 'the lab ends, see you';

export function startLabSpeaker(options: LabSpeakerOptions, onEvent: (event: LabEvent) => void): LabSpeaker {
  const lab = LAB_PEERS[options.position]!;
  const seeds = loadSeeds().filter((seed) => isKnownTo(options.position, seed));
  /** Variant of each route's path; a flap changes to the next. */
  const variants = new Uint32Array(seeds.length);
  let flapTimer: NodeJS.Timeout | undefined;

  function routesOf(indexes: readonly number[]): ReturnType<typeof labRoute>[] {
    return indexes.map((index) => labRoute(lab, seeds[index]!, variants[index]!));
  }

  function announceAll(writer: UpdateWriter, context: WireContext): void {
    writer.write(announce(lab, routesOf([...seeds.keys()]), context));
    writer.write(endOfRib(context));
  }

  function flap(plan: FlapPlan, writer: UpdateWriter, context: WireContext): void {
    if (plan.kind === 'withdraw') {
      writer.write(withdraw(prefixesOf(seeds, plan.routes), context));
    } else {
      for (const index of plan.routes) variants[index]!++;
      writer.write(announce(lab, routesOf(plan.routes), context));
    }
    onEvent({ type: 'flap', kind: plan.kind, count: plan.routes.length, example: seeds[plan.routes[0]!]!.prefix });
  }

  const sessions = new Map<Peer, { readonly writer: UpdateWriter; readonly context: WireContext }>();
  const plugin: Plugin = {
    getCapabilities: () => CAPABILITIES,
    onEstablished(peer, session, writer) {
      sessions.set(peer, { writer, context: session.send });
      announceAll(writer, session.send);
      onEvent({ type: 'established', routes: seeds.length });
      if (options.flapIntervalMs > 0) {
        const plans = flapPlans(lab.as, seeds.length);
        const next = (): void => flap(plans.next().value, writer, session.send);
        // The second peer starts half an interval after the first, so that changes are spread evenly.
        flapTimer = setTimeout(
          () => {
            next();
            flapTimer = setInterval(next, options.flapIntervalMs);
          },
          options.flapIntervalMs * (1 + options.position / 2),
        );
      }
      return () => undefined;
    },
    onRouteRefresh(peer) {
      const session = sessions.get(peer);
      if (session !== undefined) announceAll(session.writer, session.context);
    },
    onClose(peer, reason) {
      clearTimeout(flapTimer);
      sessions.delete(peer);
      onEvent({ type: 'closed', reason: reason.text });
    },
  };

  const server = new Server({ routerId: lab.routerId });
  server.addPeer({ remoteAddress: options.daemonAddress, remoteAs: DAEMON_AS, localAs: lab.as }, plugin, {
    localAddress: options.localAddress,
    remotePort: options.daemonPort,
    connectRetrySeconds: 2,
  });
  return { close: () => server.close(GOODBYE) };
}

function prefixesOf(seeds: readonly RouteSeed[], indexes: readonly number[]): string[] {
  return indexes.map((index) => seeds[index]!.prefix);
}
