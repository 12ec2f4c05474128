/**
 * A test bed: two hosts, each a network namespace, joined by one cable.
 *
 *     tsbgp-4711-3-tsbgpd  eth0 ======== eth0  tsbgp-4711-3-bird
 *
 * Names contain the process id and a count, so that several runs can share a machine, and each removes only its namespaces.
 */
import { mustRun, runCommand } from './run-command.ts';

export interface HostPlan {
  readonly name: string;
  /** With prefix length: "10.77.0.1/24". */
  readonly addresses: readonly string[];
}

let count = 0;

export class TestBed {
  readonly #namespaces = new Map<string, string>();

  /** Makes the hosts and the cable. Addresses are usable at once (no duplicate address detection). */
  static async create(hosts: readonly HostPlan[]): Promise<TestBed> {
    const [left, right] = hosts;
    if (left === undefined || right === undefined || hosts.length !== 2) throw new Error('a test bed has exactly two hosts');
    const bed = new TestBed();
    const id = `tsbgp-${process.pid}-${count++}`;
    try {
      for (const host of hosts) {
        const namespace = `${id}-${host.name}`;
        await mustRun(['ip', 'netns', 'add', namespace]);
        bed.#namespaces.set(host.name, namespace);
      }
      const [a, b] = [bed.namespace(left.name), bed.namespace(right.name)];
      await mustRun(['ip', 'link', 'add', 'eth0', 'netns', a, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', b]);
      for (const host of hosts) {
        const namespace = bed.namespace(host.name);
        await mustRun(['ip', '-n', namespace, 'link', 'set', 'lo', 'up']);
        for (const address of host.addresses) {
          const noDad = address.includes(':') ? ['nodad'] : [];
          await mustRun(['ip', '-n', namespace, 'address', 'add', address, 'dev', 'eth0', ...noDad]);
        }
        await mustRun(['ip', '-n', namespace, 'link', 'set', 'eth0', 'up']);
      }
      return bed;
    } catch (error) {
      await bed.close();
      throw error;
    }
  }

  /** Name of the namespace of a host. */
  namespace(host: string): string {
    const namespace = this.#namespaces.get(host);
    if (namespace === undefined) throw new Error(`no host called "${host}" in this test bed`);
    return namespace;
  }

  /** The same command, to be run on a host. `ip netns exec` replaces itself, so the process has the pid of the command. */
  on(host: string, command: readonly string[]): string[] {
    return ['ip', 'netns', 'exec', this.namespace(host), ...command];
  }

  /** Removes the hosts, and with them the cable. Their processes must have ended. */
  async close(): Promise<void> {
    for (const namespace of this.#namespaces.values()) await runCommand(['ip', 'netns', 'delete', namespace]);
    this.#namespaces.clear();
  }
}

/** Why no test bed can be made here, or undefined when it can. */
export async function whyNoTestBed(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'network namespaces need Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const name = `tsbgp-${process.pid}-probe`;
  const { code, output } = await runCommand(['ip', 'netns', 'add', name]);
  if (code !== 0) return `"ip netns add" does not work here: ${output.trim()}`;
  await runCommand(['ip', 'netns', 'delete', name]);
  return undefined;
}
