/** What the shared vectors say of a route that is a list of fields, made from ours. */
import { toHex } from '../../src/bytes.ts';
import type { FamilyNlri } from '../../src/nlri/family-codec.ts';
import type { UnknownRoute } from '../../src/nlri/typed-routes.ts';
import type { Fields } from './nlri.ts';

/** `names`: the vectors' names of routes where ours differ. */
export function neutralRoute(nlri: FamilyNlri & ({ route: string } | UnknownRoute), names: Readonly<Record<string, string>> = {}): Fields {
  if ('routeType' in nlri) return { route_type: nlri.routeType, route_type_name: 'unknown', raw: toHex(nlri.bytes) };
  const { type: _, family: __, pathIdentifier: ___, route, ...fields } = nlri;
  const plain: Fields = { route_type_name: names[route] ?? route };
  for (const [key, value] of Object.entries(fields)) plain[key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = value;
  return plain;
}
