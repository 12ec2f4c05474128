/** What a neighbor's capability section says. */

export interface Capabilities {
  asn4: boolean;
  'route-refresh': boolean;
  /** Seconds; 0: the hold time; undefined: off. */
  'graceful-restart': number | undefined;
  'multi-session': boolean;
  operational: boolean;
  'add-path': { readonly send: boolean; readonly receive: boolean };
  nexthop: boolean;
  aigp: boolean;
  'extended-message': boolean;
  'software-version': boolean;
  'link-local-nexthop': boolean;
  'link-local-prefer': boolean;
}

export const CAPABILITY_DEFAULTS: Capabilities = {
  asn4: true,
  'route-refresh': false,
  'graceful-restart': undefined,
  'multi-session': false,
  operational: false,
  'add-path': { send: false, receive: false },
  nexthop: false,
  aigp: false,
  'extended-message': true,
  'software-version': false,
  'link-local-nexthop': false,
  'link-local-prefer': false,
};
