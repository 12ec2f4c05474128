/** `tsbgp decode`: BGP octets for people and programs; needs no daemon. */
import { decodeAttributes, Fault, formatFamily, type Nlri, toJson } from '@tsbgp/wire';
import type { Command } from 'commander';
import { BgpCapture, type CaptureEntry } from '../capture/bgp-capture.ts';
import { MessageFramer } from '../capture/message-framer.ts';
import type { Packet } from '../capture/packet.ts';
import { newConversation, readMessage } from '../decode/conversation.ts';
import { decodeNlriField, frameBody, isMessageBody } from '../decode/message-parts.ts';
import { attributeNode, faultNode, nlriNode } from '../decode/tree.ts';
import { CliError, ExitCode, usageError } from '../exit-code.ts';
import { openInput } from '../input/open-input.ts';
import type { Invocation } from '../invocation.ts';
import { addDecodeOptions, contextOf, type DecodeOptions, readOptions } from './decode-options.ts';
import { DecodeReport, guessed } from './decode-report.ts';

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
  addDecodeOptions(
    program
      .command('decode')
      .description('show what BGP octets say: messages, path attributes, NLRI, captures; needs no daemon')
      .argument('[hex|file|-]', 'digits, a file, or standard input'),
  )
    .addHelpText('after', HELP)
    .action((argument: string | undefined, options: DecodeOptions) => decode(invocation, argument, options));
}

async function decode(invocation: Invocation, argument: string | undefined, options: DecodeOptions): Promise<void> {
  const report = new DecodeReport(invocation, invocation.isJson || (!invocation.io.stdout.isTerminal && options.text !== true));
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

async function decodeCapture(
  packets: AsyncIterable<Packet>,
  options: DecodeOptions,
  invocation: Invocation,
  report: DecodeReport,
): Promise<void> {
  if (options.as !== undefined && options.as !== 'messages') throw usageError(`--as ${options.as}: a capture holds messages`);
  const capture = captureOf(options);
  try {
    for await (const packet of packets) {
      for (const entry of capture.push(packet)) await report.addEntry(entry);
      if (invocation.io.signal.aborted) break;
    }
  } finally {
    // Where a file is damaged, the messages before that place are still shown.
    for (const entry of capture.finish()) await report.addEntry(entry);
    await report.flush();
  }
  if (capture.segments > 0 || invocation.io.signal.aborted) return;
  const reason = `the capture has no TCP packet of port ${options.port}: ${capture.whatElse().join('; ')}`;
  throw new CliError(ExitCode.Refused, reason, ['--port names another port of BGP']);
}

function captureOf(options: DecodeOptions): BgpCapture {
  return new BgpCapture({ port: options.port, newConversation: () => newConversation(readOptions(options)) });
}

/** One packet without a capture file may begin with Ethernet, or with IP. */
const PACKET_LINK_TYPES = [1, 101] as const;

/** The messages in the octets of one packet; undefined when the octets are no packet. */
function packetEntries(bytes: Uint8Array, options: DecodeOptions): CaptureEntry[] | undefined {
  for (const linkType of PACKET_LINK_TYPES) {
    const capture = captureOf(options);
    const entries = capture.push({ number: 1, timeMicros: undefined, linkType, bytes });
    if (capture.segments > 0) return [...entries, ...capture.finish()];
  }
  return undefined;
}

async function decodeOctets(bytes: Uint8Array, options: DecodeOptions, report: DecodeReport): Promise<void> {
  const what = options.as ?? (bytes.length >= 16 && bytes.subarray(0, 16).every((octet) => octet === 0xff) ? 'messages' : undefined);
  if (what === 'messages') return decodeMessages(bytes, options, report);
  if (what !== undefined && isMessageBody(what)) return decodeMessages(frameBody(what, bytes), options, report);
  if (what === 'nlri' || (what === undefined && options.family !== undefined)) return decodeNlri(bytes, options, report);
  const entries = what === undefined ? packetEntries(bytes, options) : undefined;
  if (entries === undefined) return decodeBlock(bytes, options, report, what === 'attributes');
  for (const entry of entries) await report.addEntry(entry);
}

async function decodeMessages(bytes: Uint8Array, options: DecodeOptions, report: DecodeReport): Promise<void> {
  const conversation = newConversation(readOptions(options));
  const framer = new MessageFramer();
  for (const framed of [...framer.push(bytes), ...framer.finish()]) {
    if (framed.type === 'note') await report.addNote(framed.text);
    else await report.addMessage(framed.bytes, readMessage(conversation, 0, framed.bytes));
  }
}

/** A block of path attributes. Without --as-size, four octets an AS number are tried first, then two. */
async function decodeBlock(bytes: Uint8Array, options: DecodeOptions, report: DecodeReport, isSure: boolean): Promise<void> {
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
      children: [...(fault === undefined ? [] : [faultNode(fault)]), ...attributes.map(attributeNode)],
    }),
  );
}

async function decodeNlri(bytes: Uint8Array, options: DecodeOptions, report: DecodeReport): Promise<void> {
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
