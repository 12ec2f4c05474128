/** The fields of a neighbor by the names of tsbgp.v1.NeighborConfig. */

/** The field as a path in a message: `holdTimeSeconds` is `hold_time`. The API documents units instead of naming them. */
export function apiField(field: string): string {
  return field.replace(/Seconds$/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
