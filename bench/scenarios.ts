/** The five scenarios: what the senders announce, and the time limit for the daemon. */
export interface BenchScenario {
  readonly name: string;
  readonly title: string;
  readonly senders: number;
  /** Per sender. */
  readonly prefixes: number;
  /** Every sender announces the same prefixes. Otherwise each has different ones. */
  readonly shared: boolean;
  /** A route server: every sender must receive what all others announce. Otherwise one sink receives all. */
  readonly mesh: boolean;
  /** After convergence sender 1 leaves, and the time until all others know is measured. */
  readonly down: boolean;
}

export const benchScenarios: readonly BenchScenario[] = [
  { name: 'S1', title: '2 peers × 100k distinct', senders: 2, prefixes: 100_000, shared: false, mesh: false, down: false },
  { name: 'S2', title: '2 peers × the same 1M, then one leaves', senders: 2, prefixes: 1_000_000, shared: true, mesh: false, down: true },
  { name: 'S3', title: 'route server, 100 × 1,000, full mesh', senders: 100, prefixes: 1_000, shared: false, mesh: true, down: true },
  { name: 'S4', title: '10 peers × the same 200k', senders: 10, prefixes: 200_000, shared: true, mesh: false, down: false },
  { name: 'S5', title: 'route server, 500 × 200, full mesh', senders: 500, prefixes: 200, shared: false, mesh: true, down: true },
];

/** The options of both load generators. */
export function loadOptions({ senders, prefixes, shared, mesh, down }: BenchScenario): string[] {
  const options = ['--senders', String(senders), '--prefixes', String(prefixes)];
  if (shared) options.push('--shared');
  if (mesh) options.push('--mesh');
  if (down) options.push('--down');
  return options;
}
