/** Capabilities from JSON. The members of each value are in its row of the table. */
import type { CapabilityCodec } from '../capabilities/codec.ts';
import { CAPABILITIES, type Capability, type KnownCapability } from '../capabilities/registry.ts';
import { type Form, OCTETS, object, oneOf, tagged, U8 } from '../parts/json-form.ts';

function known({ type, members }: CapabilityCodec<KnownCapability>): Form<Capability> {
  return object<object>({ type: oneOf(type), ...members }) as Form<Capability>;
}

const CAPABILITY: Form<Capability> = tagged<Capability>('type', {
  ...Object.fromEntries(CAPABILITIES.map((row) => [row.type, known(row)])),
  unknown: object({ type: oneOf('unknown'), code: U8, bytes: OCTETS }),
});

/** The capability whose JSON form (`toJson`) is `json`. Throws ValueError that names the place, as a JSON path that begins with `path`. */
export function capabilityFromJson(json: unknown, path = ''): Capability {
  return CAPABILITY(json, path);
}
