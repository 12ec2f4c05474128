/** What some scenarios measure beside the columns of the first table: a row each. */
export interface Figure {
  /** Key in the result of a measurement. */
  readonly key: string;
  readonly title: string;
  readonly digits: number;
}

export const figures: readonly Figure[] = [
  { key: 'return_s', title: 'come back s', digits: 2 },
  { key: 'reload_s', title: 'reload, last client s', digits: 2 },
  { key: 'reload_p50_s', title: 'reload, median client s', digits: 2 },
  { key: 'stall_p50_s', title: 'silence during it, median client s', digits: 3 },
  { key: 'stall_max_s', title: 'silence during it, maximum s', digits: 3 },
  { key: 'latency_p50_ms', title: 'per route, median ms', digits: 1 },
  { key: 'latency_p99_ms', title: 'per route, 99 % ms', digits: 1 },
  { key: 'churn_p50_ms', title: 'per change, median ms', digits: 1 },
  { key: 'churn_p99_ms', title: 'per change, 99 % ms', digits: 1 },
  { key: 'churn_cpu_s', title: 'CPU s of the churn', digits: 1 },
  { key: 'octets_per_route', title: 'octets per route', digits: 0 },
  { key: 'loop_p50_ms', title: 'event loop late, median ms', digits: 1 },
  { key: 'loop_p99_ms', title: 'event loop late, 99 % ms', digits: 1 },
  { key: 'loop_max_ms', title: 'event loop late, maximum ms', digits: 1 },
];
