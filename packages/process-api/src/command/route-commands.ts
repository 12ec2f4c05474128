/** `announce …`, `withdraw …`: routes, End-of-RIB, route refresh, OPERATIONAL, watchdogs. */
import { type Family, IPV4_UNICAST } from '@tsbgp/wire';
import type { Purpose } from '../route/prefix-route.ts';
import { parseFamilyText } from '../text/families.ts';
import { parseWords } from '../text/lexer.ts';
import { Words } from '../text/words.ts';
import type { CommandNeighbor } from './control.ts';
import { readOperational } from './operational-words.ts';
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
    context.control.changeRoutes(context.neighbors, parseRoutes(rest, purpose), purpose, context.source);
    return 'done';
  };
}

function watchdog({ source, control, rest }: CommandContext, purpose: Purpose): Outcome {
  control.changeWatchdog(rest.split(/\s+/)[1] ?? source.name, purpose, source);
  return 'done';
}

function familyOf(rest: string): Family {
  const text = rest.split(/\s+/).slice(1).join(' ');
  const family = text === '' ? IPV4_UNICAST : parseFamilyText(text);
  if (family === undefined) throw new CommandError(`found family "${text}", allowed is e.g. "ipv4 unicast"`);
  return family;
}

/** `done` when at least one neighbor could do it. */
function any(neighbors: readonly CommandNeighbor[], action: (neighbor: CommandNeighbor) => boolean, problem: string): Outcome {
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
    (neighbor) => neighbor.sendRouteRefresh(family),
    'no selected neighbor is established with route refresh and the family',
  );
}

function operational({ neighbors, rest }: CommandContext): Outcome {
  const config = readOperational(new Words(parseWords(rest), 1));
  const problem = 'no selected neighbor is established with the operational capability';
  return any(neighbors, (neighbor) => neighbor.sendOperational(config), problem);
}
