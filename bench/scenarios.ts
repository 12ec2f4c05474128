/** The scenarios: what the senders announce, and the time limit for the daemon. */
export interface BenchScenario {
  readonly name: string;
  readonly title: string;
  readonly senders: number;
  /** Per sender. */
  readonly prefixes: number;
  /** Every sender announces the same prefixes. Otherwise each has different ones. */
  readonly shared: boolean;
  /** 0: one sink receives all. 1: a route server, every sender must receive what all others announce. 2: with control communities. */
  readonly mesh: 0 | 1 | 2;
  /** Percentage of the attribute sets that a control community keeps from one other sender. */
  readonly control?: number;
  /** After convergence sender 1 leaves, and the time until all others know is measured. */
  readonly down: boolean;
}

export const benchScenarios: readonly BenchScenario[] = [
  { name: 'S1', title: '2 peers × 100k distinct', senders: 2, prefixes: 100_000, shared: false, mesh: 0, down: false },
  { name: 'S2', title: '2 peers × the same 1M, then one leaves', senders: 2, prefixes: 1_000_000, shared: true, mesh: 0, down: true },
  { name: 'S3', title: 'route server, 100 × 1,000, full mesh', senders: 100, prefixes: 1_000, shared: false, mesh: 1, down: true },
  { name: 'S4', title: '10 peers × the same 200k', senders: 10, prefixes: 200_000, shared: true, mesh: 0, down: false },
  { name: 'S5', title: 'route server, 500 × 200, full mesh', senders: 500, prefixes: 200, shared: false, mesh: 1, down: true },
  { ...exchange('S6', 200, 500), title: 'exchange point, 200 × 500, control communities on 20 % of the sets' },
  { ...exchange('S7', 700, 572), title: 'exchange point, 700 × 572, control communities on 20 % of the sets' },
];

function exchange(name: string, senders: number, prefixes: number): Omit<BenchScenario, 'title'> {
  return { name, senders, prefixes, shared: false, mesh: 2, control: 20, down: true };
}

/** The options of both load generators. */
export function loadOptions({ senders, prefixes, shared, mesh, control, down }: BenchScenario): string[] {
  const options = ['--senders', String(senders), '--prefixes', String(prefixes)];
  if (shared) options.push('--shared');
  if (mesh > 0) options.push('--mesh');
  if (control !== undefined) options.push('--control', String(control));
  if (down) options.push('--down');
  return options;
}
