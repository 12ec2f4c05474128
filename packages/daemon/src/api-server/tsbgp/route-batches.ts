/**
 * Batches of routes from messages of the API. A route becomes a value only when it is asked for, so that a large batch can be checked in slices.
 * Routes of a batch with the same attributes share one array of values, so that it is encoded once.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { LocalRouteSchema, type LocalRoute as RouteMessage } from '@tsbgp/api';
import { type Family, formatFamily, type Nlri, nlriFromJson, type PathAttribute, parseNlri, ValueError } from '@tsbgp/wire';
import { invalidArgument } from '../../control-error.ts';
import type { Batch, LocalRoute, LocalRouteKey } from '../../control-plane.ts';
import { hasKnownNlri, hasPrefixes, unicastFamily } from '../../keys/families.ts';
import { attributeValue } from './attribute-messages.ts';
import { namedFamily } from './neighbor-config-message.ts';

/** Attribute sets of a batch that are remembered. */
const KNOWN_SETS_MAX = 4096;

const NO_ATTRIBUTES: readonly PathAttribute[] = [];

/** Routes from messages of `LocalRoute`. `at` throws ControlError. */
export function routeBatch(messages: readonly RouteMessage[]): Batch<LocalRoute> {
  /** Octets of attributes, as text -> their values. */
  const known = new Map<string, readonly PathAttribute[]>();
  const attributesOf = ({ attributes }: RouteMessage, index: number): readonly PathAttribute[] => {
    if (attributes.length === 0) return NO_ATTRIBUTES;
    const text = Buffer.from(toBinary(LocalRouteSchema, create(LocalRouteSchema, { attributes }))).toString('latin1');
    let values = known.get(text);
    if (values === undefined) {
      values = attributes.map((attribute, i) => attributeValue(attribute, `routes[${index}].attributes[${i}]`));
      if (known.size >= KNOWN_SETS_MAX) known.clear();
      known.set(text, values);
    }
    return values;
  };
  return {
    length: messages.length,
    at(index) {
      const message = messages[index]!;
      return {
        ...keyOf(message, index),
        nextHop: message.nlri === undefined ? given(message.nextHop, index) : message.nextHop,
        attributes: attributesOf(message, index),
      };
    },
  };
}

/** Keys from messages of `LocalRouteKey`. `at` throws ControlError. */
export function keyBatch(messages: readonly Key[]): Batch<LocalRouteKey> {
  return { length: messages.length, at: (index) => keyOf(messages[index]!, index) };
}

type Key = Pick<RouteMessage, 'family' | 'prefix' | 'pathIdentifier' | 'nlri'>;

function given(nextHop: string, index: number): string {
  if (nextHop === '') throw invalidArgument(`routes[${index}].next_hop`, 'is missing; allowed is an address, e.g. "192.0.2.1"');
  return nextHop;
}

function keyOf({ family, prefix, pathIdentifier, nlri }: Key, index: number): LocalRouteKey {
  if (nlri !== undefined) {
    const named = namedFamily(family, `routes[${index}].family`);
    return { family: named, prefix: '', nlri: nlriOf(nlri, named, prefix, `routes[${index}].nlri`), pathIdentifier };
  }
  return { family: family === '' ? unicastFamily(prefix) : namedFamily(family, `routes[${index}].family`), prefix, pathIdentifier };
}

function nlriOf({ text, fields }: NonNullable<Key['nlri']>, family: Family, prefix: string, field: string): Nlri {
  if (prefix !== '') throw invalidArgument(field, 'is there beside a prefix; allowed is one of them');
  if (!hasKnownNlri(family) || hasPrefixes(family)) {
    throw invalidArgument(field, `is not how routes of ${formatFamily(family)} are named; allowed are families such as ipv4-flowspec`);
  }
  try {
    const nlri = text === '' ? nlriFromJson(fields, 'fields') : parseNlri(text, family);
    if (nlri.family !== family)
      throw new ValueError(`found an NLRI of ${formatFamily(nlri.family)}, allowed is one of ${formatFamily(family)}`);
    if (nlri.type === 'unknown') throw new ValueError('allowed is an NLRI that can be read');
    if (nlri.pathIdentifier === undefined) return nlri;
    throw new ValueError('the path identifier is a field of its own, "path_identifier"');
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw invalidArgument(field, error.message);
  }
}
