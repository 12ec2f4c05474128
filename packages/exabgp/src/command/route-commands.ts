/** `announce …`, `withdraw …`: routes, End-of-RIB, route refresh, OPERATIONAL, watchdogs. */
import { DEFAULT_CONTEXT, encodeControlMessage, type Family, IPV4_UNICAST, type OperationalMessage } from '@tsbgp/wire';
import { type OperationalConfig, readOperational } from '../config/operational-section.ts';
import type { Purpose } from '../route/prefix-route.ts';
import type { Route } from '../route/route.ts';
import { hasOperational } from '../session/negotiated-view.ts';
import type { Neighbor } from '../session/neighbor.ts';
import { parseFamilyText } from '../text/families.ts';
import { parseWords } from '../text/lexer.ts';
import { Words } from '../text/words.ts';
import { type Command, type CommandContext, CommandError, type Outcome } from './outcome.ts';
import { parseRoutes } from './route-parser.ts';

/** `announce` and `withdraw` of anything. */
export function routeCommand(purpose: Purpose): Command {
  return (context) => {
    const { rest } = context;
    const [kind = ''] = rest.split(/\s/, 1);
    if (kind === 'watchdog') return watchdog(context, purpose);
    if (purpose === 'announce' && kind === 'eor') return endOfRib(context);
    if (purpose === 'announce' && kind === 'route-refresh') return routeRefresh(context);
    if (purpose === 'announce' && kind === 'operational') return operational(context);
    return changeRoutes(context.neighbors, parseRoutes(rest, purpose), purpose);
  };
}

/** Throws CommandError when no neighbor takes any of the routes. */
export function changeRoutes(neighbors: readonly Neighbor[], routes: readonly Route[], purpose: Purpose): Outcome {
  let taken = false;
  for (const route of routes) {
    for (const neighbor of neighbors) {
      if (!neighbor.takes(route.family)) continue;
      taken = true;
      if (purpose === 'announce' && route.startsWithdrawn !== true) neighbor.announce(route);
      else if (purpose === 'announce') neighbor.watchdogs.add(route);
      else neighbor.withdraw(route);
    }
  }
  if (!taken)
    throw new CommandError(neighbors.length === 0 ? 'no neighbor is selected' : 'no selected neighbor has the family of the route');
  return 'done';
}

/** All neighbors, whoever commands them. */
function watchdog({ source, control, rest }: CommandContext, purpose: Purpose): Outcome {
  const name = rest.split(/\s+/)[1] ?? source.name;
  for (const neighbor of control.neighbors()) {
    if (purpose === 'announce') neighbor.announceWatchdog(name);
    else neighbor.withdrawWatchdog(name);
  }
  return 'done';
}

function familyOf(rest: string): Family {
  const text = rest.split(/\s+/).slice(1).join(' ');
  const family = text === '' ? IPV4_UNICAST : parseFamilyText(text);
  if (family === undefined) throw new CommandError(`found family "${text}", allowed is e.g. "ipv4 unicast"`);
  return family;
}

/** `done` when at least one neighbor could do it. */
function any(neighbors: readonly Neighbor[], action: (neighbor: Neighbor) => boolean, problem: string): Outcome {
  if (neighbors.filter(action).length === 0) throw new CommandError(problem);
  return 'done';
}

function endOfRib({ neighbors, rest }: CommandContext): Outcome {
  const family = familyOf(rest);
  return any(neighbors, (neighbor) => neighbor.sendEndOfRib(family), 'no selected neighbor is established and has the family');
}

function routeRefresh({ neighbors, rest }: CommandContext): Outcome {
  const family = familyOf(rest);
  return any(
    neighbors,
    (neighbor) => neighbor.peer?.sendRouteRefresh(family) === true,
    'no selected neighbor is established with route refresh and the family',
  );
}

function operational({ neighbors, rest }: CommandContext): Outcome {
  const words = new Words(parseWords(rest), 1);
  const config = readOperational(words);
  const send = (neighbor: Neighbor): boolean =>
    neighbor.session !== undefined && hasOperational(neighbor.session) && neighbor.sendMessage(operationalMessage(config, neighbor));
  return any(neighbors, send, 'no selected neighbor is established with the operational capability');
}

export function operationalMessage(config: OperationalConfig, neighbor: Neighbor): Uint8Array {
  const { code, family, advisory, sequence, count } = config;
  const counter = { family, routerId: config.routerId ?? neighbor.config.routerId, sequence, ...(count !== undefined && { count }) };
  const message: OperationalMessage = {
    type: 'operational',
    code,
    ...(advisory === undefined ? { counter } : { advisory: { family, text: advisory } }),
  };
  return encodeControlMessage(message, DEFAULT_CONTEXT);
}
