/** The scenarios: what the senders announce, what happens then, and what is measured. */
export interface BenchScenario {
  readonly name: string;
  readonly title: string;
  readonly senders: number;
  /** Per sender. */
  readonly prefixes: number;
  /** Every sender announces the same prefixes. Otherwise each has different ones. */
  readonly shared?: boolean;
  /** 0: one sink receives all. 1: a route server, every sender must receive what all others announce. 2: with control communities. */
  readonly mesh: 0 | 1 | 2;
  /** Percentage of the attribute sets that a control community keeps from one other sender. */
  readonly control?: number;
  /** After convergence sender 1 leaves, and the time until all others know is measured. */
  readonly down?: boolean;
  /** After convergence the daemon takes a policy that adds a large community to everything, and the time until all have it is measured. */
  readonly reload?: boolean;
  /** Whether sessions run over IPv6 and carry IPv6 unicast. */
  readonly ipv6?: boolean;
  /** ADD-PATH: each prefix is announced by so many senders, and each receiver gets all of its paths. */
  readonly paths?: number;
  /** After convergence so many senders leave at once and come back. */
  readonly leave?: number;
  /** The latency of each route is measured. */
  readonly latency?: boolean;
  /** After convergence the first sender changes so many routes a second, for a minute; the latencies are those of the changes. */
  readonly churn?: number;
  /** How late the event loop of tsbgpd was. The start of the daemon must be over long enough to be forgotten. */
  readonly loopDelay?: boolean;
  /** The memory that convergence added, divided by the routes of all senders. */
  readonly memory?: boolean;
  /** Seconds after which it is given up, where the default is too short for a daemon that does finish. */
  readonly timeoutSeconds?: number;
}

const RELOAD = { down: false, reload: true } as const;

export const benchScenarios: readonly BenchScenario[] = [
  { name: 'S1', title: '2 peers × 100k distinct', senders: 2, prefixes: 100_000, mesh: 0 },
  { name: 'S2', title: '2 peers × the same 1M, then one leaves', ...fullTables(2), down: true, loopDelay: true },
  { name: 'S3', title: 'route server, 100 × 1,000, full mesh', senders: 100, prefixes: 1_000, mesh: 1, down: true },
  { name: 'S4', title: '10 peers × the same 200k', senders: 10, prefixes: 200_000, shared: true, mesh: 0 },
  { name: 'S5', title: 'route server, 500 × 200, full mesh', senders: 500, prefixes: 200, mesh: 1, down: true },
  { name: 'S6', title: 'exchange point, 200 × 500, control communities on 20 % of the sets', ...exchange(200, 500) },
  { name: 'S7', title: 'the same, 700 × 572', ...exchange(700, 572), loopDelay: true, timeoutSeconds: 900 },
  { name: 'S6-reload', title: 'S6, then a policy that changes every route', ...exchange(200, 500), ...RELOAD },
  { name: 'S7-reload', title: 'S7, then a policy that changes every route', ...exchange(700, 572), ...RELOAD, timeoutSeconds: 1800 },
  { name: 'S1-IPv6', title: 'S1 with IPv6', senders: 2, prefixes: 100_000, mesh: 0, ipv6: true },
  { name: 'S2-IPv6', title: 'S2 with IPv6', ...fullTables(2), down: true, ipv6: true },
  { name: 'S3-IPv6', title: 'S3 with IPv6', senders: 100, prefixes: 1_000, mesh: 1, down: true, ipv6: true },
  {
    name: 'add-path',
    title: '100 × 1,000 in a mesh, 5 paths of each prefix, all of them to all',
    senders: 100,
    prefixes: 1_000,
    mesh: 1,
    paths: 5,
  },
  { name: 'flap', title: '50 of 700 peers leave and come back, 100 prefixes each', ...flap(700, 100, 50), timeoutSeconds: 600 },
  { name: 'propagation', title: '100k routes from one peer to one peer', senders: 1, prefixes: 100_000, mesh: 0, latency: true },
  { name: 'churn', title: '10 % of 1M routes change each second for a minute', ...fullTables(1), latency: true, churn: 100_000 },
  { name: 'tables-1', title: '1 full table', ...fullTables(1), memory: true },
  { name: 'tables-2', title: '2 full tables', ...fullTables(2), memory: true },
  { name: 'tables-4', title: '4 full tables', ...fullTables(4), memory: true },
  { name: 'tables-8', title: '8 full tables', ...fullTables(8), memory: true },
];

function fullTables(senders: number): Pick<BenchScenario, 'senders' | 'prefixes' | 'shared' | 'mesh'> {
  return { senders, prefixes: 1_000_000, shared: true, mesh: 0 };
}

function exchange(senders: number, prefixes: number): Pick<BenchScenario, 'senders' | 'prefixes' | 'mesh' | 'control' | 'down'> {
  return { senders, prefixes, mesh: 2, control: 20, down: true };
}

function flap(senders: number, prefixes: number, leave: number): Pick<BenchScenario, 'senders' | 'prefixes' | 'mesh' | 'leave'> {
  return { senders, prefixes, mesh: 1, leave };
}

/** Whether bgpload cannot do it, but our own generator can. */
export function needsOwnGenerator({ ipv6, paths, leave, latency, churn }: BenchScenario): boolean {
  return [ipv6, paths, leave, latency, churn].some((value) => value !== undefined);
}

/** The options of both load generators, and then those of our own. */
export function loadOptions(scenario: BenchScenario): string[] {
  const { senders, prefixes, shared, mesh, control, down, ipv6, paths, leave, latency, churn } = scenario;
  const options = ['--senders', String(senders), '--prefixes', String(prefixes)];
  if (shared === true) options.push('--shared');
  if (mesh > 0) options.push('--mesh');
  if (control !== undefined) options.push('--control', String(control));
  if (down === true) options.push('--down');
  if (ipv6 === true) options.push('--ipv6');
  if (paths !== undefined) options.push('--add-path', String(paths));
  if (leave !== undefined) options.push('--leave', String(leave));
  if (latency === true) options.push('--latency');
  if (churn !== undefined) options.push('--churn', String(churn));
  return options;
}
