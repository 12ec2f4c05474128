/** `tsbgp decode`: BGP octets for people and programs; needs no daemon. */
import {
  DEFAULT_CONTEXT,
  decodeAttributes,
  type Family,
  Fault,
  formatFamily,
  type Nlri,
  type PathAttribute,
  parseFamily,
  toHex,
  toJson,
  type WireContext,
} from '@tsbgp/wire';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { BgpCapture, type CaptureEntry } from '../capture/bgp-capture.ts';
import { MessageFramer } from '../capture/message-framer.ts';
import type { Packet } from '../capture/packet.ts';
import { ALL_FAMILIES, newConversation, type ReadOptions, type ReadOutcome, readMessage } from '../decode/conversation.ts';
import { decodeNlriField, frameBody, isMessageBody, MESSAGE_BODIES, updateParts } from '../decode/message-parts.ts';
import { attributeNode, faultNode, messageNode, type Node, nlriNode, treeLines } from '../decode/tree.ts';
import { CliError, ExitCode, usageError } from '../exit-code.ts';
import { openInput } from '../input/open-input.ts';
import type { Invocation } from '../invocation.ts';
import { integer } from '../values.ts';

interface DecodeOptions {
  readonly as?: 'messages' | 'attributes' | 'nlri' | (typeof MESSAGE_BODIES)[number];
  readonly family?: Family;
  readonly addPath?: ReadonlySet<Family>;
  readonly asSize?: '2' | '4';
  readonly peer?: 'ebgp' | 'ibgp';
  readonly port: number;
  readonly text?: boolean;
}

const HELP = `
HEX is a message or several, with their markers; without a marker a packet, or
a block of path attributes, or what --as says. FILE is a capture (pcap or
pcapng), or octets of the same, or their text: digits, or a dump of hexdump -C,
xxd, od -tx1 or Wireshark; gzip and zstd are unpacked. On a terminal the answer
is a tree, elsewhere a line of JSON for each message, as docs/wire.md describes
them. Exit code 1: something was malformed.

Examples:
  tsbgp decode ffffffffffffffffffffffffffffffff001304
  tsbgp decode --as nlri --family ipv4-flowspec 0801180a0000038106
  tsbgp decode capture.pcapng
  tcpdump -w - port 179 | tsbgp decode - --json
`;

export function addDecode(program: Command, invocation: Invocation): void {
  program
    .command('decode')
    .description('show what BGP octets say: messages, path attributes, NLRI, captures; needs no daemon')
    .argument('[hex|file|-]', 'digits, a file, or standard input')
    .addOption(
      new Option('--as <what>', 'what the octets are (default: found out)').choices(['messages', 'attributes', 'nlri', ...MESSAGE_BODIES]),
    )
    .option('--family <family>', 'of --as nlri, e.g. ipv4-unicast, l2vpn-evpn, bgp-ls', familyOption)
    .option(
      '--add-path <families>',
      'NLRI have path identifiers (RFC 7911): all, or of these families, e.g. ipv4-unicast,ipv6-unicast',
      familiesOption,
    )
    .addOption(new Option('--as-size <octets>', 'octets of an AS number (default: as agreed, else what fits)').choices(['2', '4']))
    .addOption(
      new Option('--peer <kind>', 'judge attributes as from such a peer (default: nothing is discarded for its sender)').choices([
        'ebgp',
        'ibgp',
      ]),
    )
    .option('--port <port>', 'TCP port of BGP in captures', integer(1, 65_535, 179), 179)
    .option('--text', 'a tree, whatever the output is')
    .addHelpText('after', HELP)
    .action((argument: string | undefined, options: DecodeOptions) => decode(invocation, argument, options));
}

async function decode(invocation: Invocation, argument: string | undefined, options: DecodeOptions): Promise<void> {
  const report = new Report(invocation, invocation.isJson || (!invocation.io.stdout.isTerminal && options.text !== true));
  const input = await openInput(argument, invocation.io.stdin);
  if (input.type === 'capture') await decodeCapture(input.packets, options, invocation, report);
  else await decodeOctets(input.bytes, options, report);
  await report.flush();
  if (report.malformed > 0) {
    throw new CliError(
      ExitCode.Refused,
      `${report.malformed} ${report.malformed === 1 ? 'message is' : 'messages are'} malformed or not whole`,
    );
  }
}

/** Collects what is to be written, as a tree or as JSON. */
class Report {
  malformed = 0;
  readonly #invocation: Invocation;
  readonly #isJson: boolean;
  #lines: string[] = [];

  constructor(invocation: Invocation, isJson: boolean) {
    this.#invocation = invocation;
    this.#isJson = isJson;
  }

  async add(json: () => object, node: () => Node): Promise<void> {
    if (this.#isJson) this.#lines.push(JSON.stringify(json()));
    else this.#lines.push(...treeLines(node(), this.#invocation.style));
    if (this.#lines.length > 500) await this.flush();
  }

  async flush(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    await this.#invocation.print(...lines);
  }
}

async function decodeCapture(
  packets: AsyncIterable<Packet>,
  options: DecodeOptions,
  invocation: Invocation,
  report: Report,
): Promise<void> {
  if (options.as !== undefined && options.as !== 'messages') throw usageError(`--as ${options.as}: a capture holds messages`);
  const capture = captureOf(options);
  try {
    for await (const packet of packets) {
      for (const entry of capture.push(packet)) await addEntry(entry, report);
      if (invocation.io.signal.aborted) break;
    }
  } finally {
    // What comes before the place where a file is damaged stands.
    for (const entry of capture.finish()) await addEntry(entry, report);
    await report.flush();
  }
  if (capture.segments > 0 || invocation.io.signal.aborted) return;
  const reason = `the capture has no TCP packet of port ${options.port}: ${capture.whatElse().join('; ')}`;
  throw new CliError(ExitCode.Refused, reason, ['--port names another port of BGP']);
}

function captureOf(options: DecodeOptions): BgpCapture {
  return new BgpCapture({ port: options.port, newConversation: () => newConversation(readOptions(options)) });
}

/** Ethernet, and IP without a link layer: what the octets of one packet begin with. */
const PACKET_LINK_TYPES = [1, 101] as const;

/** The messages of one packet, where the octets are one. */
function packetEntries(bytes: Uint8Array, options: DecodeOptions): CaptureEntry[] | undefined {
  for (const linkType of PACKET_LINK_TYPES) {
    const capture = captureOf(options);
    const entries = capture.push({ number: 1, timeMicros: undefined, linkType, bytes });
    if (capture.segments > 0) return [...entries, ...capture.finish()];
  }
  return undefined;
}

async function addEntry(entry: CaptureEntry, report: Report): Promise<void> {
  const { packet, connection, source, sourcePort, destination, destinationPort, content } = entry;
  const time = entry.timeMicros === undefined ? undefined : timeText(entry.timeMicros);
  const place = `#${packet}${time === undefined ? '' : ` ${time}`} ${source}:${sourcePort} → ${destination}:${destinationPort}`;
  if (content.type === 'note') {
    report.malformed++;
    await report.add(
      () => ({ packet, time, connection, source, sourcePort, destination, destinationPort, note: content.text }),
      () => ({ label: `${place}  ${content.text}`, isFault: true }),
    );
    return;
  }
  const { bytes } = content;
  if (isMalformed(content)) report.malformed++;
  await report.add(
    () => ({ packet, time, connection, source, sourcePort, destination, destinationPort, ...messageJson(bytes, content) }),
    () => {
      const node = messageNode(bytes, content);
      return { ...node, label: `${place}  ${node.label}${guessed(content.guesses)}` };
    },
  );
}

async function decodeOctets(bytes: Uint8Array, options: DecodeOptions, report: Report): Promise<void> {
  const what = options.as ?? (bytes.length >= 16 && bytes.subarray(0, 16).every((octet) => octet === 0xff) ? 'messages' : undefined);
  if (what === 'messages') return decodeMessages(bytes, options, report);
  if (what !== undefined && isMessageBody(what)) return decodeMessages(frameBody(what, bytes), options, report);
  if (what === 'nlri' || (what === undefined && options.family !== undefined)) return decodeNlri(bytes, options, report);
  const entries = what === undefined ? packetEntries(bytes, options) : undefined;
  if (entries === undefined) return decodeBlock(bytes, options, report, what === 'attributes');
  for (const entry of entries) await addEntry(entry, report);
}

async function decodeMessages(bytes: Uint8Array, options: DecodeOptions, report: Report): Promise<void> {
  const conversation = newConversation(readOptions(options));
  const framer = new MessageFramer();
  for (const framed of [...framer.push(bytes), ...framer.finish()]) {
    if (framed.type === 'note') {
      report.malformed++;
      await report.add(
        () => ({ note: framed.text }),
        () => ({ label: framed.text, isFault: true }),
      );
      continue;
    }
    const outcome = readMessage(conversation, 0, framed.bytes);
    if (isMalformed(outcome)) report.malformed++;
    await report.add(
      () => messageJson(framed.bytes, outcome),
      () => {
        const node = messageNode(framed.bytes, outcome);
        return { ...node, label: node.label + guessed(outcome.guesses) };
      },
    );
  }
}

/** A block of path attributes; the AS size is tried when it is not said. */
async function decodeBlock(bytes: Uint8Array, options: DecodeOptions, report: Report, isSure: boolean): Promise<void> {
  const sizes = options.asSize === undefined ? [true, false] : [options.asSize === '4'];
  const outcomes = sizes.map((wide) => ({ wide, ...decodeAttributes(bytes, 0, bytes.length, contextOf(options, wide)) }));
  const { attributes, fault, wide } = outcomes.find((outcome) => outcome.fault === undefined) ?? outcomes[0]!;
  if (!isSure && (fault !== undefined || attributes.every(({ type }) => type === 'unknown'))) {
    throw usageError(
      'the octets are neither messages (no marker) nor a block of path attributes',
      'say what they are with --as, e.g. --as nlri --family ipv4-unicast, or --as update for a body without header',
    );
  }
  if (fault !== undefined) report.malformed++;
  const guesses = options.asSize === undefined && !wide ? ['AS numbers of two octets'] : [];
  await report.add(
    () => ({ attributes: attributes.map(toJson), ...(fault && { fault: toJson(fault) }), ...(guesses.length > 0 && { guesses }) }),
    () => ({
      label: `path attributes, ${bytes.length} octets${guessed(guesses)}`,
      children: [...(fault === undefined ? [] : [faultNode(fault)]), ...attributes.map((each: PathAttribute) => attributeNode(each))],
    }),
  );
}

async function decodeNlri(bytes: Uint8Array, options: DecodeOptions, report: Report): Promise<void> {
  if (options.family === undefined) throw usageError('--as nlri needs --family, e.g. --family ipv4-unicast');
  const decoded = decodeNlriField(bytes, options.family, contextOf(options, true));
  const fault = decoded instanceof Fault ? decoded : undefined;
  const nlri: readonly Nlri[] = decoded instanceof Fault ? [] : decoded;
  if (fault !== undefined) report.malformed++;
  await report.add(
    () => ({ nlri: nlri.map(toJson), ...(fault && { fault: toJson(fault) }) }),
    () => ({
      label: `NLRI of ${formatFamily(options.family!)}, ${bytes.length} octets`,
      children: fault === undefined ? nlri.map(nlriNode) : [faultNode(fault)],
    }),
  );
}

function isMalformed({ message }: ReadOutcome): boolean {
  return message instanceof Fault || (message.type === 'update' && message.fault !== undefined);
}

/** The octets are there where the value does not say all of them. */
function messageJson(bytes: Uint8Array, outcome: ReadOutcome): object {
  const { message, guesses, context } = outcome;
  const octets = isMalformed(outcome) ? { octets: toHex(bytes) } : {};
  const assumed = guesses.length > 0 ? { guesses } : {};
  if (!(message instanceof Fault)) return { length: bytes.length, ...assumed, message: toJson(message), ...octets };
  const parts = updateParts(bytes, context);
  return { length: bytes.length, ...assumed, fault: toJson(message), ...(parts && { parts: toJson(parts) }), ...octets };
}

function guessed(guesses: readonly string[]): string {
  return guesses.length === 0 ? '' : ` (guessed: ${guesses.join(', ')})`;
}

function readOptions({ addPath, asSize, peer }: DecodeOptions): ReadOptions {
  return {
    fourOctetAs: asSize === undefined ? undefined : asSize === '4',
    addPath,
    peerType: peer,
  };
}

function contextOf(options: DecodeOptions, fourOctetAs: boolean): WireContext {
  const { addPath = DEFAULT_CONTEXT.addPath, peerType = 'ibgp' } = readOptions(options);
  return { fourOctetAs, addPath, peerType, extendedMessage: true };
}

function timeText(micros: number): string {
  const fraction = String(((micros % 1e6) + 1e6) % 1e6).padStart(6, '0');
  return `${new Date(Math.floor(micros / 1e6) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

function familyOption(text: string): Family {
  const family = parseFamily(text);
  if (family === undefined)
    throw new InvalidArgumentError('Allowed is e.g. ipv4-unicast, ipv6-unicast, l2vpn-evpn, bgp-ls or afi-1/safi-1.');
  return family;
}

function familiesOption(text: string): ReadonlySet<Family> {
  if (text === 'all') return ALL_FAMILIES;
  return new Set(text.split(',').map((each) => familyOption(each.trim())));
}
