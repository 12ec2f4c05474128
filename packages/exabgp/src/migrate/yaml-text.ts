/** YAML as text: blocks of lines, and values in a form that is YAML and JSON. */

export type Value = string | number | boolean | readonly Value[] | { readonly [Key in string]: Value };

/** Words that YAML would read as something else than text. */
const PLAIN = /^(?!(?:true|false|yes|no|on|off|null|~)$)[A-Za-z/][A-Za-z0-9_./-]*$/i;

export function yamlValue(value: Value): string {
  if (typeof value === 'string') return PLAIN.test(value) ? value : JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(yamlValue).join(', ')}]`;
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${key}: ${yamlValue(each)}`)
    .join(', ')} }`;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** An item of a list of mappings, a line for each key; notes become comments in front of it. */
export function yamlItem(mapping: Readonly<Record<string, Value | undefined>>, notes: readonly string[] = []): string[] {
  const lines = Object.entries(mapping).flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${yamlValue(value)}`]));
  return [...notes.map((note) => `  # ${printable(note)}`), ...lines.map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`)];
}

/** In one line, without what a terminal would obey. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
