/**
 * The JSON form of any value of this package: that of parts/plain-json.ts, and communities as their text, which the rows of the attribute
 * table give: "65000:1", "no-export", "rt:65000:100", "65000:1:2". The way back is in json/.
 */
import { attributeCodecByName } from './attributes/registry.ts';
import { plainJson } from './parts/plain-json.ts';

/** The JSON form of any value of this package (docs/wire.md). */
export function toJson(value: unknown): unknown {
  return plainJson(value, attributeToJson);
}

/** An attribute whose row has a JSON form for its values; undefined for everything else. */
function attributeToJson(value: object): unknown {
  if (!('type' in value && 'value' in value)) return undefined;
  const row = attributeCodecByName(String(value.type));
  if (row?.toJson === undefined || !Array.isArray(value.value)) return undefined;
  return { ...value, value: row.toJson(value.value) };
}
