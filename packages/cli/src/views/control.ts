/** The daemon itself: what the API says about it, and how users see it. */
import { type DecisionProcess, DecisionProcessSchema, type GetGlobalResponse, type GetHealthResponse } from '@tsbgp/api';
import type { Format } from '../terminal/style.ts';
import { facts } from '../terminal/table.ts';
import { ago, bytes, count, dateTime, duration } from '../terminal/units.ts';
import { date } from '../timestamp.ts';
import type { ViewOptions } from './view-options.ts';

export interface GlobalView {
  readonly localAs: number;
  readonly routerId: string;
  /** As a route reflector. */
  readonly clusterId: string;
  readonly confederation: { readonly identifier: number; readonly members: readonly number[] } | undefined;
  /** `0.0.0.0:179`, `[::]:179`. */
  readonly listen: readonly string[];
  readonly version: string;
  readonly startedAt: Date | undefined;
  readonly decision: DecisionView;
}

/** What counts in the decision process, by key of the configuration. Empty: from a daemon that does not say. */
export type DecisionView = Readonly<Record<string, boolean | number>>;

export function globalView(message: GetGlobalResponse): GlobalView {
  return {
    localAs: message.localAs,
    routerId: message.routerId,
    clusterId: message.clusterId,
    confederation: message.confederation && { identifier: message.confederation.identifier, members: message.confederation.members },
    listen: message.listen.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)),
    version: message.version,
    startedAt: date(message.startedAt),
    decision: decisionView(message.decision),
  };
}

/** Keys of the configuration are the fields with dashes. */
function decisionView(message: DecisionProcess | undefined): DecisionView {
  if (message === undefined) return {};
  const values = DecisionProcessSchema.fields.map(({ name, localName }) => [
    name.replaceAll('_', '-'),
    message[localName as keyof DecisionProcess],
  ]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

export function healthJson(message: GetHealthResponse): object {
  return {
    healthy: message.healthy,
    uptimeSeconds: Number(message.uptimeSeconds),
    neighbors: message.neighbors,
    established: message.established,
    routes: Number(message.routes),
    rssBytes: Number(message.rssBytes),
  };
}

export function globalPage(global: GlobalView, options: ViewOptions): string[] {
  const { startedAt, version } = global;
  return facts(
    [
      ['version', version],
      ['AS', String(global.localAs)],
      ['confederation', confederationText(global)],
      ['router id', global.routerId],
      ['cluster id', global.clusterId === global.routerId ? undefined : global.clusterId],
      ['listening', global.listen.length === 0 ? 'nowhere' : global.listen.join(', ')],
      ['decision', switches(global.decision)],
      ['started', startedAt === undefined ? undefined : dateTime(startedAt) + ago(startedAt, options.now)],
    ],
    options,
  );
}

/** `aigp, deterministic-med, multipath 4; not always-compare-med, …` */
function switches(decision: DecisionView): string | undefined {
  const keys = Object.keys(decision);
  if (keys.length === 0) return undefined;
  const on = keys.filter((key) => decision[key] !== false).map((key) => (decision[key] === true ? key : `${key} ${decision[key]}`));
  const off = keys.filter((key) => decision[key] === false);
  return [on.join(', '), ...(off.length === 0 ? [] : [`not ${off.join(', ')}`])].join('; ');
}

function confederationText({ confederation }: GlobalView): string | undefined {
  if (confederation === undefined) return undefined;
  const { identifier, members } = confederation;
  return members.length === 0 ? `AS ${identifier}` : `AS ${identifier}, with AS ${members.join(', ')}`;
}

export function healthPage(health: GetHealthResponse, options: ViewOptions): string[] {
  const allUp: Format = health.established === health.neighbors ? 'green' : 'yellow';
  return facts(
    [
      ['health', health.healthy ? 'healthy' : 'not healthy', health.healthy ? 'green' : 'red'],
      ['up', duration(Number(health.uptimeSeconds))],
      ['neighbors', `${health.established} of ${health.neighbors} established`, allUp],
      ['routes', count(health.routes)],
      ['memory', bytes(health.rssBytes)],
    ],
    options,
  );
}
