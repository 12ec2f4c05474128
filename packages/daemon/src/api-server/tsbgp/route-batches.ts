/**
 * Batches of routes from messages of the API. A route becomes a value only when it is asked for, so that a large batch can be checked in slices.
 * Routes of a batch with the same attributes share one array of values, so that it is encoded once.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { LocalRouteSchema, type LocalRoute as RouteMessage } from '@tsbgp/api';
import type { PathAttribute } from '@tsbgp/wire';
import { invalidArgument } from '../../control-error.ts';
import type { Batch, LocalRoute, LocalRouteKey } from '../../control-plane.ts';
import { unicastFamily } from '../../keys/families.ts';
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
      return { ...keyOf(message, index), nextHop: given(message.nextHop, index), attributes: attributesOf(message, index) };
    },
  };
}

/** Keys from messages of `LocalRouteKey`. `at` throws ControlError. */
export function keyBatch(messages: readonly Key[]): Batch<LocalRouteKey> {
  return { length: messages.length, at: (index) => keyOf(messages[index]!, index) };
}

type Key = Pick<RouteMessage, 'family' | 'prefix' | 'pathIdentifier'>;

function given(nextHop: string, index: number): string {
  if (nextHop === '') throw invalidArgument(`routes[${index}].next_hop`, 'is missing; allowed is an address, e.g. "192.0.2.1"');
  return nextHop;
}

function keyOf({ family, prefix, pathIdentifier }: Key, index: number): LocalRouteKey {
  return { family: family === '' ? unicastFamily(prefix) : namedFamily(family, `routes[${index}].family`), prefix, pathIdentifier };
}
