/** The configured neighbors, by address. */
import type { Rib } from '@tsbgp/rib';
import { PeerError, type Plugin, type Server } from '@tsbgp/session';
import { type Family, formatAddress, parseAddress } from '@tsbgp/wire';
import { ControlError, type Endpoint, invalidArgument, type NeighborConfig } from '../control-plane.ts';
import type { EventLog } from '../events.ts';
import { hostOf } from '../keys/host-address.ts';
import { apiField } from '../keys/neighbor-api.ts';
import { changedKeys, diffNeighbor, type Touches } from '../keys/neighbor-diff.ts';
import { type OwnAs, publicAs } from '../keys/own-as.ts';
import { quote } from '../quote.ts';
import { Neighbor } from './neighbor.ts';
import { canonical, checkedNeighbor } from './new-neighbor.ts';

export interface NeighborsOptions {
  readonly ours: OwnAs;
  readonly server: Server;
  readonly rib: Rib;
  readonly events: EventLog;
  /** Where the speaker listens: no neighbor may be there. */
  readonly listen: readonly Endpoint[];
  /** The options that the RIB has for the session of a neighbor are others. */
  readonly changed: (neighbor: Neighbor) => void;
  /** Routes that are kept for the next session of a neighbor go. */
  readonly forget: (neighbor: Neighbor) => void;
  /** What the session library calls for the sessions of a neighbor. */
  readonly plugin: (neighbor: Neighbor) => Plugin;
  /** The RIB is to keep routes of one more family. */
  readonly addFamily: (family: Family) => void;
  /** Sessions that would start wait. */
  readonly isHolding: () => boolean;
  /** Checks what depends on other parts of the configuration. Throws ControlError. */
  readonly check: (config: NeighborConfig) => void;
}

export class Neighbors {
  readonly #options: NeighborsOptions;
  readonly #byAddress: Map<string, Neighbor> = new Map();
  /** Addresses without their zones, and how many neighbors have each. */
  readonly #hosts: Map<string, number> = new Map();

  constructor(options: NeighborsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byAddress.size;
  }

  /** Whether a neighbor has this address, in whatever zone. */
  isHost(octets: Uint8Array): boolean {
    return this.#hosts.has(formatAddress(octets));
  }

  all(): readonly Neighbor[] {
    return [...this.#byAddress.values()];
  }

  /** The neighbor with this address in any spelling. Throws ControlError `invalid-argument`, `not-found`. */
  find(address: string): Neighbor {
    const neighbor = this.#byAddress.get(canonicalAddress(address));
    if (neighbor !== undefined) return neighbor;
    const known = [...this.#byAddress.keys()];
    const hint = known.length === 0 ? 'there are none' : `known are ${known.slice(0, 5).join(', ')}${known.length > 5 ? ', …' : ''}`;
    throw new ControlError('not-found', 'address', `no neighbor ${canonical(address)}: ${hint}`);
  }

  /** `address` in its canonical spelling. */
  has(address: string): boolean {
    return this.#byAddress.has(address);
  }

  /** Throws ControlError where the speaker cannot have this neighbor while it listens on `listen`. */
  check(config: NeighborConfig, listen: readonly Endpoint[], before: NeighborConfig | undefined): void {
    // Its addresses are what they were, so that they need no look at the interfaces of this machine.
    const isPlaced = before !== undefined && before.remotePort === config.remotePort && before.localAddress === config.localAddress;
    checkedNeighbor(config, this.#options.ours, isPlaced ? [] : listen);
  }

  /** Adds the neighbor, or changes it. Its values were checked. */
  async put(config: NeighborConfig): Promise<void> {
    const neighbor = this.#byAddress.get(config.address);
    if (neighbor === undefined) this.#added(config);
    else await this.#changed(neighbor, config);
  }

  /** Its session starts at once unless the configuration disables it. Throws ControlError. */
  add(config: NeighborConfig): Neighbor {
    const address = canonicalAddress(config.address, 'neighbor.address');
    if (this.#byAddress.has(address)) {
      throw new ControlError('already-exists', 'neighbor.address', `neighbor ${address} exists already; change it, or delete it first`);
    }
    return this.#added(this.#checked(config));
  }

  #countHost(address: string, change: number): void {
    const host = hostOf(address);
    const count = (this.#hosts.get(host) ?? 0) + change;
    if (count === 0) this.#hosts.delete(host);
    else this.#hosts.set(host, count);
  }

  #added(config: NeighborConfig): Neighbor {
    const neighbor = this.#start(config);
    const text = `neighbor added, AS ${config.remoteAs}`;
    this.#options.events.record({ type: 'neighbor-changed', neighbor: config.address, text });
    return neighbor;
  }

  /**
   * Gives a neighbor another configuration. Returns what of it is touched. Throws ControlError: `failed-precondition` where its session would
   * have to be reset and may not be. Then nothing has changed.
   */
  async change(config: NeighborConfig, mayReset: boolean): Promise<Set<Touches>> {
    const neighbor = this.find(config.address);
    const checked = this.#checked(config);
    const before = neighbor.config;
    if (neighbor.session !== undefined && !mayReset && diffNeighbor(before, checked).has('session')) {
      const keys = changedKeys(before, checked, 'session').join(', ');
      const sentence = `a change of ${keys} resets the session of ${before.address}; nothing was changed: allow it with reset_session`;
      throw new ControlError('failed-precondition', 'reset_session', sentence);
    }
    return this.#changed(neighbor, checked);
  }

  async #changed(neighbor: Neighbor, checked: NeighborConfig): Promise<Set<Touches>> {
    const before = neighbor.config;
    const { address } = before;
    const touched = diffNeighbor(before, checked);
    if (touched.has('session')) {
      // Whoever was to be down stays down; a limit that ended the session is another one now.
      const stays = neighbor.limitShutdown === undefined && isDown(neighbor) && before.enabled === checked.enabled;
      neighbor.forgetLimitShutdown();
      await this.#options.server.deletePeer(address, { reconfigured: true });
      this.#options.forget(neighbor);
      if (this.#byAddress.get(address) !== neighbor) {
        throw new ControlError(
          'failed-precondition',
          'neighbor.address',
          `neighbor ${address} was deleted or changed by another call meanwhile`,
        );
      }
      try {
        this.#start(checked, stays ? false : checked.enabled).leavesAt = neighbor.leavesAt;
      } catch (error) {
        this.#start(before, stays ? false : before.enabled);
        throw error;
      }
    } else {
      neighbor.config = checked;
      if (touched.size > 0) this.#options.changed(neighbor);
    }
    const all = changedKeys(before, checked).join(', ');
    if (all !== '') this.#options.events.record({ type: 'neighbor-changed', neighbor: address, text: `neighbor changed: ${all}` });
    return touched;
  }

  /** Throws ControlError. */
  #checked(config: NeighborConfig): NeighborConfig {
    const { ours, rib, listen } = this.#options;
    if (config.families.length === 0) throw invalidArgument('neighbor.families', 'found none, allowed is at least one family');
    const checked = checkedNeighbor(config, ours, listen);
    this.#options.check(checked);
    for (const family of checked.families) if (!rib.has(family)) this.#options.addFamily(family);
    return checked;
  }

  #start(config: NeighborConfig, enabled: boolean = config.enabled): Neighbor {
    const { ours, server, plugin, isHolding } = this.#options;
    const neighbor = new Neighbor(config, ours);
    neighbor.isHeld = enabled && isHolding();
    neighbor.peer = asControlError(() =>
      // The session library's options have the same names.
      server.addPeer({ remoteAddress: config.address, remoteAs: config.remoteAs, localAs: neighbor.localAs }, plugin(neighbor), {
        ...config,
        md5Key: config.password?.value,
        enabled: enabled && !neighbor.isHeld,
        alternateLocalAs: config.localAsDualAs ? publicAs(ours) : undefined,
      }),
    );
    if (!this.#byAddress.has(config.address)) this.#countHost(config.address, 1);
    this.#byAddress.set(config.address, neighbor);
    return neighbor;
  }

  /** Starts the sessions that waited. */
  release(): void {
    for (const neighbor of this.#byAddress.values()) {
      if (!neighbor.isHeld) continue;
      neighbor.isHeld = false;
      neighbor.peer.enable();
    }
  }

  /** Sends Cease/3. Resolves when the session is gone. Throws as `find`. */
  async delete(address: string): Promise<void> {
    const neighbor = this.find(address);
    const { config } = neighbor;
    neighbor.forgetLimitShutdown();
    this.#byAddress.delete(config.address);
    this.#countHost(config.address, -1);
    this.#options.events.record({ type: 'neighbor-changed', neighbor: config.address, text: 'neighbor deleted' });
    await this.#options.server.deletePeer(config.address);
    this.#options.forget(neighbor);
  }
}

/** An operator wants it down. */
function isDown({ peer, isHeld }: Neighbor): boolean {
  return peer.adminState === 'down' && !isHeld;
}

function canonicalAddress(text: string, field = 'address'): string {
  const address = canonical(text);
  if (parseAddress(hostOf(address)) !== undefined) return address;
  throw invalidArgument(field, `found ${quote(text)}, allowed is an IPv4 or IPv6 address, e.g. "192.0.2.1"`);
}

/** The session library's refusals in the control plane's words. */
function asControlError<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    const code = error.code === 'already-exists' || error.code === 'not-found' ? error.code : 'invalid-argument';
    // The session library calls the address by another name; its other names are those of NeighborConfig.
    const field = `neighbor.${error.field === 'remoteAddress' ? 'address' : apiField(error.field)}`;
    // The library's sentence begins with its own name of the field.
    const sentence = error.message.startsWith(`${error.field}: `) ? error.message.slice(error.field.length + 2) : error.message;
    throw new ControlError(code, field, `${field}: ${sentence}`, { cause: error });
  }
}
