/** What MP_REACH_NLRI and MP_UNREACH_NLRI share. */
import { UpdateError } from '../codes.ts';
import { type Family, formatFamily } from '../family.ts';
import { type Fault, updateFault } from '../fault.ts';
import type { Nlri } from '../nlri/nlri.ts';
import { type Form, member, refuse } from '../parts/json-form.ts';

/** Octets in which the NLRI cannot be told apart end the session (RFC 7606 §5.3). */
export function broken(reason: string): Fault {
  return updateFault('reset', UpdateError.OptionalAttribute, reason);
}

/** As `form`, for a value whose NLRI are all of its family. */
export function nlriOfFamily<T extends { family: Family; nlri: Nlri[] }>(form: Form<T>): Form<T> {
  return (json, path) => {
    const value = form(json, path);
    const at = value.nlri.findIndex((nlri) => nlri.family !== value.family);
    if (at >= 0) refuse(`${member(path, 'nlri')}[${at}].family`, formatFamily(value.nlri[at]!.family), `"${formatFamily(value.family)}"`);
    return value;
  };
}
