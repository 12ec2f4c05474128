/** `exabgp decode HEX`: what a message says, as one line of JSON. */
import { type ApiVersion, jsonEvent, type MessageContent, nlriJson, nlriViews, parseFamilyText, viewUpdate } from '@tsbgp/process-api';
import { decodeNotificationBody, decodeOpenBody, type Family, Fault, fromHex, HEADER_LENGTH, IPV4_UNICAST, MessageType } from '@tsbgp/wire';
import { offlineSession } from '../config/offline-session.ts';
import { findFile, loadConfiguration } from '../daemon/load.ts';
import { type Io, print } from './io.ts';
import { helpText, type OptionSpec, parseArguments, UsageError } from './usage.ts';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'nlri', short: 'n', help: 'HEX is the NLRI of a family' },
  { name: 'update', short: 'u', help: 'HEX is an UPDATE, with or without header' },
  { name: 'open', short: 'o', help: 'HEX is an OPEN, with or without header' },
  { name: 'family', short: 'f', value: 'FAMILY', help: 'e.g. "ipv4 unicast"' },
  { name: 'configuration', short: 'c', value: 'FILE', help: 'read as the first neighbor of this file' },
  { name: 'path-information', short: 'i', help: 'the NLRI have path identifiers' },
  { name: 'debug', short: 'd', help: 'unused' },
  { name: 'pdb', short: 'p', help: 'unused' },
  { name: 'generic', short: 'g', help: 'unused' },
  { name: 'json', short: 'j', help: 'unused: the answer is JSON' },
  { name: 'help', short: 'h', help: 'this text' },
];

const USAGE = 'exabgp decode [-n|-u|-o] [-f FAMILY] [-c FILE] [-i] HEX';

export async function decode(args: readonly string[], io: Io, version: ApiVersion, root: string): Promise<number> {
  const { flags, values, words } = parseArguments(args, OPTIONS);
  if (flags.has('help')) {
    io.stdout.write(helpText(USAGE, OPTIONS));
    return 0;
  }
  const text = (words.length > 0 ? words.join('') : await readAll(io)).replaceAll(/[\s:]|0x/g, '');
  if (!/^([0-9a-fA-F]{2})+$/.test(text)) {
    print(io, 'invalid payload');
    return 1;
  }
  const familyText = values.get('family')?.[0];
  const family = familyText === undefined ? undefined : parseFamilyText(familyText);
  if (familyText !== undefined && family === undefined)
    throw new UsageError(`found family "${familyText}", allowed is e.g. "ipv4 unicast"`);
  const file = values.get('configuration')?.[0];
  const places = { root, path: io.env['PATH'] ?? '' };
  const config = file === undefined ? undefined : loadConfiguration([findFile(file, root)], places).neighbors[0];
  const session = offlineSession(config);
  const addPath = flags.has('path-information') ? new Set([family ?? IPV4_UNICAST]) : session.context.addPath;
  const context = { ...session.context, addPath };
  const octets = fromHex(text);
  if (flags.has('nlri')) return printNlri(io, octets, family ?? IPV4_UNICAST, version, context);
  const content = contentOf(octets, flags, context);
  if (content === undefined) {
    print(io, 'invalid payload');
    return 1;
  }
  const frame = { time: Date.now() / 1000, host: io.env['HOSTNAME'] ?? 'localhost', pid: process.pid, ppid: process.ppid };
  const neighbor = version === 6 && config === undefined ? { ...session.neighbor, routerId: '127.0.0.1' } : session.neighbor;
  const event = { type: 'message', direction: 'in', content, octets: undefined, negotiated: undefined } as const;
  print(io, jsonEvent(event, neighbor, 1, frame, { version, compact: false }));
  return 0;
}

function printNlri(io: Io, octets: Uint8Array, family: Family, version: ApiVersion, context: Parameters<typeof nlriViews>[4]): number {
  const views = nlriViews(octets, 0, octets.length, family, context);
  if (views.length === 0 || views.some(({ value }) => value.type === 'unknown')) {
    print(io, 'invalid payload');
    return 1;
  }
  for (const view of views) print(io, nlriJson(view, undefined, { version, compact: false }));
  return 0;
}

function contentOf(octets: Uint8Array, flags: ReadonlySet<string>, context: Parameters<typeof viewUpdate>[3]): MessageContent | undefined {
  const hasHeader = octets.length >= HEADER_LENGTH && octets.subarray(0, 16).every((octet) => octet === 0xff);
  const start = hasHeader ? HEADER_LENGTH : 0;
  const type = flags.has('open') ? MessageType.Open : flags.has('update') || !hasHeader ? MessageType.Update : octets[18]!;
  if (type === MessageType.Open) {
    const open = decodeOpenBody(octets, start, octets.length, { lenient: true });
    return open instanceof Fault ? undefined : { type: 'open', open };
  }
  if (type === MessageType.Update) {
    if (octets.length - start < 4) return undefined;
    const update = viewUpdate(octets, start, octets.length, context);
    return update instanceof Fault ? undefined : { type: 'update', update };
  }
  if (type === MessageType.Keepalive) return { type: 'keepalive' };
  if (type !== MessageType.Notification) return undefined;
  const notification = decodeNotificationBody(octets, start, octets.length);
  return notification instanceof Fault ? undefined : { type: 'notification', notification };
}

async function readAll(io: Io): Promise<string> {
  let text = '';
  for await (const chunk of io.stdin) text += String(chunk);
  return text.trim().split('\n')[0] ?? '';
}
