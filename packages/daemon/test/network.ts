/** Several speakers on loopback that are neighbors of each other: a network in one process. */
import type { TestContext } from 'node:test';
import { findAttribute, formatAttributeValue, IPV4_UNICAST, type PathAttribute } from '@tsbgp/wire';
import type { DaemonConfig } from '../src/config/load.ts';
import { parseConfig } from '../src/config/load.ts';
import { ControlError, type ExplainedRoute } from '../src/control-plane.ts';
import type { Speaker } from '../src/speaker/speaker.ts';
import { until } from './api-server/serve.ts';
import { makeSpeaker } from './speakers.ts';

/** An attribute as `routesOf` shows it. */
export type Shown = 'as-path' | 'next-hop' | 'local-pref' | 'multi-exit-disc' | 'originator-id' | 'cluster-list' | 'only-to-customer';

export class Network {
  readonly #speakers: Map<string, Speaker> = new Map();

  /**
   * Starts a speaker for each file, by the address that it has in the files of the others. Each connects to those with a higher address.
   * The sessions are Established when this resolves.
   */
  static async start(t: TestContext, files: Readonly<Record<string, string>>): Promise<Network> {
    const network = new Network();
    const configs = new Map(Object.entries(files).map(([address, text]) => [loopback(address), parseConfig(local(text), address).config]));
    const ports = new Map<string, number>();
    for (const [address, { global }] of configs) {
      const { as: localAs, routerId, clusterId, confederation } = global;
      const speaker = makeSpeaker({ localAs, routerId, clusterId, confederation });
      t.after(() => speaker.close());
      network.#speakers.set(address, speaker);
      ports.set(address, (await speaker.listen({ host: address, port: 0 })).port);
    }
    for (const [address, config] of configs) network.#connect(address, config, ports);
    await until(() => [...network.#speakers.values()].every(isUp), 'every session is Established');
    return network;
  }

  at(address: string): Speaker {
    return this.#speakers.get(loopback(address))!;
  }

  /** Originates a route at a speaker. */
  async originate(address: string, prefix: string, attributes: readonly PathAttribute[] = []): Promise<void> {
    await this.at(address).addRoutes([{ family: IPV4_UNICAST, prefix, nextHop: '192.0.2.99', attributes }]);
  }

  /** Waits until the best path of a prefix at a speaker looks like this: the named attributes, '-' for one that is absent. */
  async shows(address: string, prefix: string, names: readonly Shown[], expected: string | undefined): Promise<void> {
    let last: string | undefined;
    const best = (): boolean => {
      const found = this.paths(address, prefix).find(({ route }) => route.best);
      last = found && names.map((name) => shown(found.route.attributes, name)).join(' | ');
      return last === expected;
    };
    await until(best, `${prefix} at ${address} is "${expected}"`).catch((cause) => {
      throw new Error(`${prefix} at ${address}: found "${last}", expected "${expected}"`, { cause });
    });
  }

  /** The paths of a prefix at a speaker; none where it does not know the prefix. */
  paths(address: string, prefix: string): readonly ExplainedRoute[] {
    try {
      return this.at(address).paths({ prefix }).paths;
    } catch (error) {
      if (error instanceof ControlError && error.code === 'not-found') return [];
      throw error;
    }
  }

  #connect(address: string, config: DaemonConfig, ports: ReadonlyMap<string, number>): void {
    for (const neighbor of config.neighbors) {
      const remotePort = ports.get(neighbor.address);
      if (remotePort === undefined) continue;
      const passive = address > neighbor.address;
      this.#speakers.get(address)!.addNeighbor({ ...neighbor, remotePort, passive, localAddress: address, connectRetrySeconds: 1 });
    }
  }
}

function isUp(speaker: Speaker): boolean {
  return speaker.listNeighbors().every(({ state }) => state === 'Established');
}

function shown(attributes: readonly PathAttribute[], name: Shown): string {
  const found = findAttribute(attributes, name);
  return found === undefined ? '-' : formatAttributeValue(found).replaceAll('127.0.2.', '192.0.2.');
}

/** Every address of the documentation's block has its own on loopback. */
function loopback(address: string): string {
  return address.replace('192.0.2.', '127.0.2.');
}

/** The addresses of the sessions only: identifiers and what routes name stay. */
function local(text: string): string {
  return text.replace(/(address: )192\.0\.2\./g, '$1127.0.2.');
}
