/** `exabgp encode ROUTE`: the UPDATE of a route, in hexadecimal digits. */
import { parseAs, parseRoutes, type Route } from '@tsbgp/process-api';
import { HEADER_LENGTH, toHex } from '@tsbgp/wire';
import { offlineSession } from '../config/offline-session.ts';
import { findFile, loadConfiguration } from '../daemon/load.ts';
import { AdjRibOut } from '../rib/adj-rib-out.ts';
import { sessionForm } from '../rib/session-form.ts';
import { announcements, type UpdateContext, withdrawals } from '../rib/update-messages.ts';
import { type Io, print } from './io.ts';
import { helpText, type OptionSpec, parseArguments, UsageError } from './usage.ts';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'family', short: 'f', value: 'FAMILY', help: 'unused: the route says its family' },
  { name: 'local-as', short: 'a', value: 'AS', help: 'our AS (65533)' },
  { name: 'peer-as', short: 'z', value: 'AS', help: 'the AS of the peer (65533)' },
  { name: 'path-information', short: 'i', help: 'with path identifiers' },
  { name: 'nlri-only', short: 'n', help: 'the NLRI alone' },
  { name: 'no-header', help: 'without the header of the message' },
  { name: 'configuration', short: 'c', value: 'FILE', help: 'all routes of the first neighbor of this file' },
  { name: 'debug', short: 'd', help: 'unused' },
  { name: 'pdb', short: 'p', help: 'unused' },
  { name: 'help', short: 'h', help: 'this text' },
];

const USAGE = 'exabgp encode [-a AS] [-z AS] [-i] [-n] [--no-header] [-c FILE] "route 10.0.0.0/24 next-hop 192.0.2.1"';
const AS_DEFAULT = 65_533;

export function encode(args: readonly string[], io: Io, root: string): number {
  const { flags, values, words } = parseArguments(args, OPTIONS);
  if (flags.has('help')) {
    io.stdout.write(helpText(USAGE, OPTIONS));
    return 0;
  }
  const file = values.get('configuration')?.[0];
  const config =
    file === undefined ? undefined : loadConfiguration([findFile(file, root)], { root, path: io.env['PATH'] ?? '' }).neighbors[0];
  const text = words.join(' ').replace(/^neighbor \S+ /, '');
  const purpose = text.startsWith('withdraw ') ? 'withdraw' : 'announce';
  const routes = text === '' ? (config?.routes ?? []) : parseRoutes(text.replace(/^(announce|withdraw) +/, ''), purpose);
  if (routes.length === 0) throw new UsageError(`found no route, allowed is e.g. ${USAGE}`);
  if (flags.has('nlri-only')) {
    for (const route of routes) print(io, Buffer.from(route.nlri, 'latin1').toString('hex').toUpperCase());
    return 0;
  }
  const session = offlineSession(config);
  const localAs = asOf(values.get('local-as')?.[0], session.neighbor.localAs);
  const peerAs = asOf(values.get('peer-as')?.[0], session.neighbor.peerAs);
  const families = new Set(routes.map(({ family }) => family));
  const addPath = flags.has('path-information') ? families : session.context.addPath;
  const context: UpdateContext = {
    form: sessionForm(localAs, config?.capabilities.aigp ?? true, {
      ...session.context,
      addPath,
      peerType: localAs === peerAs ? 'ibgp' : 'ebgp',
    }),
    families,
    addPath,
    extendedMessage: false,
    groupUpdates: config?.groupUpdates ?? true,
    linkLocal: config?.capabilities['link-local-nexthop'] === true ? config.localLinkLocal : undefined,
    localAddress: session.neighbor.localAddress,
  };
  for (const message of messagesOf(routes, purpose, context)) {
    print(io, toHex(message, flags.has('no-header') ? HEADER_LENGTH : 0).toUpperCase());
  }
  return 0;
}

function asOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise || AS_DEFAULT;
  const as = parseAs(text);
  if (as === undefined) throw new UsageError(`found AS "${text}", allowed is e.g. "65000"`);
  return as;
}

function messagesOf(routes: readonly Route[], purpose: 'announce' | 'withdraw', context: UpdateContext): Iterable<Uint8Array> {
  if (purpose === 'withdraw') return withdrawals(routes, context, false);
  // As a session does: of two routes of a prefix the last one holds.
  const rib = new AdjRibOut();
  for (const route of routes) rib.configure(route);
  return announcements(rib.take().announcements, context);
}
