/**
 * Prometheus text exposition format 0.0.4: counters and gauges. No library is used, because our counters are columns that are read only at a
 * scrape. The samples of a metric must be together, so a metric is opened once and then filled:
 *
 *     const out = new Exposition();
 *     const up = out.gauge('tsbgp_neighbor_up', 'Whether the session is Established.');
 *     for (const { address, established } of neighbors) up.add({ neighbor: address }, established ? 1 : 0);
 *     out.toString();
 */
import { assert } from '@tsbgp/wire';

export const EXPOSITION_CONTENT_TYPE: string = 'text/plain; version=0.0.4; charset=utf-8';

export type Labels = Readonly<Record<string, string | number>>;

export interface Metric {
  /** Adds a time series, with labels in the given order. Never add the same labels twice: Prometheus refuses that. */
  add(labels: Labels, value: number | bigint): Metric;
  /** Adds the only sample of a metric without labels. */
  set(value: number | bigint): Metric;
}

/** Adds its metrics to a scrape. */
export type MetricSource = (out: Exposition) => void;

export class Exposition {
  #metrics = new Map<string, string[]>();

  /** A value that only grows. Its name must end in `_total`. */
  counter(name: string, help: string): Metric {
    assert(name.endsWith('_total'), `counter ${name} does not end in _total`);
    return this.#metric(name, 'counter', help);
  }

  gauge(name: string, help: string): Metric {
    return this.#metric(name, 'gauge', help);
  }

  #metric(name: string, type: 'counter' | 'gauge', help: string): Metric {
    assert(METRIC_NAME.test(name), `${name} is no name of a metric`);
    assert(!this.#metrics.has(name), `metric ${name} opened twice`);
    const samples: string[] = [];
    this.#metrics.set(name, samples);
    samples.push(`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`);
    const metric: Metric = {
      add(labels, value) {
        samples.push(`${name}${formatLabels(labels)} ${formatValue(value)}`);
        return metric;
      },
      set: (value) => metric.add({}, value),
    };
    return metric;
  }

  /** The text, with metrics in the order in which they were opened. A metric without samples has its HELP and TYPE. Ends in a newline. */
  toString(): string {
    const lines = [...this.#metrics.values()].flat();
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

function formatLabels(labels: Labels): string {
  let text = '';
  for (const name of Object.keys(labels)) {
    assert(LABEL_NAME.test(name), `${name} is no name of a label`);
    text += `${text === '' ? '' : ','}${name}="${escapeLabel(String(labels[name]))}"`;
  }
  return text === '' ? '' : `{${text}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function formatValue(value: number | bigint): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
