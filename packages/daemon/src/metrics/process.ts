/** Metrics of the process, under the names that every Prometheus client uses, so that ready-made dashboards show them. */
import { descriptorLimit, openDescriptors } from './descriptors.ts';
import type { Exposition } from './exposition.ts';

export function addProcessMetrics(out: Exposition): void {
  const cpu = process.cpuUsage();
  const memory = process.memoryUsage();
  out.counter('process_cpu_seconds_total', 'User and system CPU time spent in seconds.').set((cpu.user + cpu.system) / 1e6);
  out.gauge('process_resident_memory_bytes', 'Resident memory size in bytes.').set(memory.rss);
  const open = openDescriptors();
  const limit = descriptorLimit();
  if (open !== undefined) out.gauge('process_open_fds', 'Number of open file descriptors.').set(open);
  if (limit !== undefined) out.gauge('process_max_fds', 'Maximum number of open file descriptors.').set(limit);
  out.gauge('process_start_time_seconds', 'Start time of the process since the Unix epoch in seconds.').set(START_TIME_SECONDS);
  out.gauge('nodejs_heap_size_used_bytes', 'Used heap of the JavaScript engine in bytes.').set(memory.heapUsed);
  out.gauge('nodejs_heap_size_total_bytes', 'Heap that the JavaScript engine has taken from the system in bytes.').set(memory.heapTotal);
  out
    .gauge('nodejs_external_memory_bytes', 'Memory outside the heap that objects hold in bytes, array buffers among it.')
    .set(memory.external);
  out.gauge('nodejs_array_buffers_bytes', 'Memory of array buffers in bytes: where the RIB keeps its columns.').set(memory.arrayBuffers);
}

/** By the wall clock at the start. A clock that is set later changes nothing, since `process.uptime()` is monotonic. */
const START_TIME_SECONDS = Math.round(Date.now() / 1000 - process.uptime());
