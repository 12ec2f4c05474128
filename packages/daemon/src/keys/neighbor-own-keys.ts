/** Rows of the neighbor's keys about routes of our own, about when routes are told, and about routes that flap. */
import { field, flag, integer } from './fields.ts';
import type { NeighborKey } from './neighbor-key.ts';
import { readName } from './route-values.ts';

interface OwnRouteRows {
  readonly defaultOriginate: NeighborKey<boolean, never>;
  readonly defaultOriginateWhile: NeighborKey<string | undefined, never>;
  readonly advertisementIntervalSeconds: NeighborKey<number | undefined, never>;
  readonly flapDamping: NeighborKey<boolean, never>;
}

/** In the order of the reference. */
export const OWN_ROUTE_KEYS: OwnRouteRows = {
  defaultOriginate: {
    key: 'default-originate',
    value: flag({
      example: 'default-originate: true',
      about:
        'The neighbor is sent a default route of our own, in place of any other and whatever its `export` is. It is not in the Loc-RIB, and no other neighbor is sent it.',
    }),
    default: false,
    onChange: 'export',
    option: { flags: '--default-originate', help: 'send it a default route of our own' },
    foreign: 'default-information originate-default',
  },
  defaultOriginateWhile: {
    key: 'default-originate-while',
    value: field(
      {
        allowed: 'the name of one of `conditions`, with default-originate: true',
        example: 'default-originate-while: transit-up',
        about: 'The default route is sent only while this condition holds.',
        standard: 'always',
      },
      { type: 'text' },
      readName,
    ),
    onChange: 'export',
    option: { flags: '--default-originate-while <condition>', help: 'only while the condition holds' },
  },
  advertisementIntervalSeconds: {
    key: 'advertisement-interval',
    value: integer(
      {
        allowed: '0 to 600 seconds',
        example: 'advertisement-interval: 5',
        about:
          'The shortest time between two rounds of UPDATEs to the neighbor (MRAI, RFC 4271 §9.2.1.1). What changes meanwhile is sent at its end, as it is then. The first routes of a session do not wait.',
        standard: '0',
      },
      0,
      600,
    ),
    onChange: 'nothing',
    option: { flags: '--advertisement-interval <seconds>', help: 'between two rounds of UPDATEs (MRAI)' },
    foreign: 'mrai min-route-advertisement-interval minimum-advertisement-interval route-advertisement-interval out-delay',
  },
  flapDamping: {
    key: 'damping',
    value: flag({
      example: 'damping: true',
      about: 'Routes of the neighbor that flap are suppressed (RFC 2439), with the values of the section `damping`.',
    }),
    default: false,
    ebgpOnly: 'damping for eBGP only (RFC 2439)',
    onChange: 'session',
    option: { flags: '--damping', help: 'suppress its routes while they flap (RFC 2439)' },
    foreign: 'dampening route-flap-damping',
  },
};
