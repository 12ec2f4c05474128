/** UPDATE in ExaBGP's JSON: the value of `message`. */
import type { Family } from '@tsbgp/wire';
import { afiName, familyName, safiName } from '../text/families.ts';
import { attributesJson } from './attribute-json.ts';
import { type NlriJsonOptions, nlriJson } from './nlri-json.ts';
import type { NlriView, UpdateView } from './update-view.ts';

/** `{ "update": { … } }` or `{ "eor": { … } }` */
export function updateJson(view: UpdateView, options: NlriJsonOptions): string {
  if (view.endOfRib !== undefined) return `{ "eor": { "afi" : "${afiName(view.endOfRib)}", "safi" : "${safiName(view.endOfRib)}" } }`;
  const members: string[] = [];
  const attributes = attributesJson(view.attributes, options.version);
  if (attributes !== '') members.push(`"attribute": { ${attributes} }`);

  if (view.announced.length > 0 && !view.isWithdrawal) members.push(`"announce": { ${announcedJson(view, options)} }`);
  const withdrawn = view.isWithdrawal ? [...view.withdrawn, ...view.announced] : view.withdrawn;
  if (withdrawn.length > 0) members.push(`"withdraw": { ${withdrawnJson(withdrawn, options)} }`);
  return `{ "update": { ${members.join(', ')} } }`;
}

function announcedJson({ announced }: UpdateView, options: NlriJsonOptions): string {
  const families = new Map<Family, string[]>();
  for (const { family, nextHop, nlri } of announced) {
    const list = nlri.map((view) => nlriJson(view, nextHop, options)).join(', ');
    const hops = families.get(family) ?? [];
    hops.push(`"${nextHop ?? 'no-nexthop'}": [ ${list} ]`);
    families.set(family, hops);
  }
  return [...families].map(([family, hops]) => `"${familyName(family)}": { ${hops.join(', ')} }`).join(', ');
}

function withdrawnJson(
  withdrawn: readonly { readonly family: Family; readonly nlri: readonly NlriView[] }[],
  options: NlriJsonOptions,
): string {
  return withdrawn
    .map(({ family, nlri }) => `"${familyName(family)}": [ ${nlri.map((view) => nlriJson(view, undefined, options)).join(', ')} ]`)
    .join(', ');
}
