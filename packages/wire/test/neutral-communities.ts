/** What the vectors say of extended communities, from our fields. */
import type { PartValue } from '../src/communities/extended-parts.ts';

/** The members beside `raw`, each from our fields. */
export const MEANINGS: Readonly<Record<string, (fields: Record<string, PartValue>) => unknown>> = {
  route_target: administrator,
  route_origin: administrator,
  flowspec_redirect: administrator,
  flowspec_traffic_rate: ({ as, rate }) => ({ as, rate }),
  flowspec_traffic_action: ({ flags }) => ({ sample: has(flags, 'sample'), terminal: has(flags, 'terminal') }),
  flowspec_traffic_marking: ({ dscp }) => dscp,
  link_bandwidth: ({ as, bytesPerSecond }) => ({ as, bytes_per_second: bytesPerSecond }),
  mac_mobility: ({ flags, sequence }) => ({ sticky: has(flags, 'sticky'), sequence }),
  esi_label: ({ flags, label }) => ({ flags: has(flags, 'single-active') ? 1 : 0, label_field: label }),
  encapsulation: ({ tunnelType }) => tunnelType,
  router_mac: mac,
  es_import: mac,
  color: ({ flags, color }) => ({ flags, color }),
  origin_validation_state: ({ state }) => state,
};

function administrator({ as, address, value }: Record<string, PartValue>): string {
  return `${String(as ?? address)}:${String(value)}`;
}

function mac({ mac: octets }: Record<string, PartValue>): string {
  return String(octets).replaceAll('-', ':');
}

function has(flags: PartValue | undefined, name: string): boolean {
  return Array.isArray(flags) && flags.includes(name);
}
