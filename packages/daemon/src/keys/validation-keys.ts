/** The keys of a neighbor about RPKI: what is validated of its routes, and what becomes of invalid ones. Part of the rows of neighbor-keys.ts. */
import type { ValidationMode } from '@tsbgp/rib';
import { choice, flag } from './fields.ts';
import type { NeighborKey } from './neighbor-key.ts';
import { type RelationConfig, ROLES, type RoleName } from './relation-keys.ts';

const MODES: readonly ValidationMode[] = ['off', 'mark', 'reject-invalid'];

export interface ValidationConfig {
  /** Origin validation (RFC 6811). */
  readonly rov: ValidationMode;
  /** Verification of AS_PATHs with ASPAs. */
  readonly aspa: ValidationMode;
  /** What we are to the neighbor, for ASPA. Undefined: as `role` says, or as we are a route server to it. */
  readonly aspaRole?: RoleName | undefined;
  /** The origin validation state is told inside the AS as an extended community (RFC 8097). */
  readonly rovCommunity: boolean;
}

type Others = RelationConfig & { readonly routeServerClient: boolean };

export const VALIDATION_KEYS: {
  readonly [Name in keyof ValidationConfig]-?: NeighborKey<ValidationConfig[Name], keyof ValidationConfig | keyof Others>;
} = {
  rov: {
    key: 'rov',
    value: choice(
      {
        example: 'rov: reject-invalid',
        about:
          'Origin validation of routes from this neighbor (RFC 6811), where the section `rpki` names a source. `mark`: the state is shown, and policies see it. `reject-invalid`: routes that are invalid are not used; they are held, and used as soon as they no longer are.',
      },
      MODES,
    ),
    default: 'mark',
    onChange: 'import',
    option: { flags: '--rov <mode>', help: 'origin validation: off, mark or reject-invalid' },
    foreign: 'origin-validation rpki roa roa-check validate-roa bgp-origin-as-validation',
  },
  aspa: {
    key: 'aspa',
    value: choice(
      {
        example: 'aspa: reject-invalid',
        about:
          'Verification of AS_PATHs of this eBGP neighbor with ASPAs. It needs a role: `role`, `aspa-role` or `route-server-client`; without one nothing is verified.',
      },
      MODES,
    ),
    default: 'mark',
    ebgpOnly: 'eBGP only, with a neighbor outside our confederation',
    outsideOnly: true,
    needs: {
      names: ['role', 'aspaRole', 'routeServerClient'],
      text: 'neither role nor aspa-role nor route-server-client says what we are to the neighbor',
    },
    onChange: 'import',
    option: { flags: '--aspa <mode>', help: 'verification of AS_PATHs: off, mark or reject-invalid' },
    foreign: 'aspa-check path-validation',
  },
  aspaRole: {
    key: 'aspa-role',
    value: choice(
      {
        example: 'aspa-role: customer',
        about: 'What we are to this eBGP neighbor, for ASPA only: for neighbors that negotiate no role (RFC 9234).',
        standard: 'as `role`; rs with route-server-client',
      },
      ROLES,
    ),
    ebgpOnly: 'eBGP only, with a neighbor outside our confederation',
    outsideOnly: true,
    onChange: 'import',
    option: { flags: '--aspa-role <role>', help: 'what we are to it, for ASPA only' },
  },
  rovCommunity: {
    key: 'rov-community',
    value: flag({
      example: 'rov-community: true',
      about:
        'RFC 8097. At an eBGP neighbor: its routes get their origin validation state as an extended community, which goes to iBGP neighbors only, and takes the place of any that they come with. At an iBGP neighbor: the state that its routes come with is believed.',
    }),
    default: false,
    onChange: 'import',
    option: { flags: '--rov-community', help: 'the state as an extended community (RFC 8097)' },
  },
};
