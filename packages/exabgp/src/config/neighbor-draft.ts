/** What the statements of a neighbor or a template have said so far, and how a neighbor inherits. */
import type { ApiBlock, OperationalConfig, Route } from '@tsbgp/process-api';
import type { Family } from '@tsbgp/wire';
import type { Capabilities } from './capabilities.ts';
import type { TcpAoConfig } from './tcp-ao-section.ts';

/** Every value that one keyword sets. */
export interface NeighborValues {
  description: string;
  'router-id': string;
  'local-address': string;
  'local-link-local': string;
  /** A number, or `auto`: that of the peer's OPEN. */
  'local-as': number | 'auto';
  'peer-as': number | 'auto';
  'host-name': string;
  'domain-name': string;
  'hold-time': number;
  'rate-limit': number;
  passive: boolean;
  listen: number;
  connect: number;
  'source-interface': string;
  'outgoing-ttl': number;
  'incoming-ttl': number;
  'md5-password': string;
  'md5-base64': boolean;
  'md5-ip': string;
  'group-updates': boolean;
  'auto-flush': boolean;
  'adj-rib-in': boolean;
  'adj-rib-out': boolean;
  'manual-eor': boolean;
}

export class NeighborDraft {
  readonly values: Partial<NeighborValues> = {};
  readonly capabilities: Partial<Capabilities> = {};
  tcpAo: TcpAoConfig | undefined;
  readonly families: Family[] = [];
  /** Families of ADD-PATH with their limit of paths; undefined: no block. */
  readonly addPath: { readonly family: Family; readonly limit: number | undefined }[] = [];
  readonly nextHops: { readonly family: Family; readonly nextHopAfi: number }[] = [];
  hasAddPath = false;
  hasNextHops = false;
  readonly routes: Route[] = [];
  readonly api: ApiBlock[] = [];
  readonly operational: OperationalConfig[] = [];

  /** Lists are joined, this neighbor's first; a single value of the template replaces ours, as in every release of ExaBGP. */
  inherit(template: NeighborDraft): void {
    Object.assign(this.values, template.values);
    Object.assign(this.capabilities, template.capabilities);
    this.tcpAo = template.tcpAo ?? this.tcpAo;
    for (const family of template.families) if (!this.families.includes(family)) this.families.push(family);
    this.addPath.push(...template.addPath);
    this.nextHops.push(...template.nextHops);
    this.hasAddPath ||= template.hasAddPath;
    this.hasNextHops ||= template.hasNextHops;
    for (const route of template.routes) this.routes.push(route);
    this.api.push(...template.api);
    this.operational.push(...template.operational);
  }
}
