/** InjectionService: routes of our own. */
import type { ConnectRouter } from '@connectrpc/connect';
import { InjectionService, type LocalRouteKey as KeyMessage, type LocalRoute as RouteMessage } from '@tsbgp/api';
import { IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { ControlError, type ControlPlane, type LocalRoute, type LocalRouteKey } from '../control-plane.ts';
import { familyOf } from './neighbor-service.ts';
import { attributeValue } from './route-messages.ts';

export function addInjectionService(router: ConnectRouter, control: ControlPlane): void {
  router.service(InjectionService, {
    addRoutes({ routes }) {
      control.addRoutes(routes.map(routeOf));
      return {};
    },
    deleteRoutes: ({ routes }) => ({ deleted: BigInt(control.deleteRoutes(routes.map(keyOf))) }),
    async addRouteStream(requests) {
      let added = 0;
      let message = 0;
      for await (const { routes } of requests) {
        inMessage(message++, () => control.addRoutes(routes.map(routeOf)));
        added += routes.length;
        await turn();
      }
      return { added: BigInt(added) };
    },
    async deleteRouteStream(requests) {
      let deleted = 0;
      let message = 0;
      for await (const { routes } of requests) {
        deleted += inMessage(message++, () => control.deleteRoutes(routes.map(keyOf)));
        await turn();
      }
      return { deleted: BigInt(deleted) };
    },
  });
}

/** Errors of `work` name the message of the stream too, counted from 0. Those before it have taken effect. */
function inMessage<T>(index: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    const place = `messages[${index}]`;
    throw new ControlError(error.code, `${place}.${error.field}`, `${place}.${error.message}`, { cause: error });
  }
}

/** Messages that came together are not taken in one go: sessions have their keepalives to send. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function routeOf(message: RouteMessage, index: number): LocalRoute {
  const place = `routes[${index}]`;
  if (message.nextHop === '') {
    throw new ControlError(
      'invalid-argument',
      `${place}.next_hop`,
      `${place}.next_hop: is missing; allowed is an address, e.g. "192.0.2.1"`,
    );
  }
  return {
    ...keyOf(message, index),
    nextHop: message.nextHop,
    attributes: message.attributes.map((attribute, i) => attributeValue(attribute, `${place}.attributes[${i}]`)),
  };
}

function keyOf(message: RouteMessage | KeyMessage, index: number): LocalRouteKey {
  return {
    family:
      message.family === ''
        ? message.prefix.includes(':')
          ? IPV6_UNICAST
          : IPV4_UNICAST
        : familyOf(message.family, `routes[${index}].family`),
    prefix: message.prefix,
    pathIdentifier: message.pathIdentifier,
  };
}
