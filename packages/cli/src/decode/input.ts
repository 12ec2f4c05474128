/**
 * What is to be decoded: hexadecimal digits on the command line, a file, or standard input; and what is in it: a capture, digits, or octets.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fromHex } from '@tsbgp/wire';
import { ByteSource } from '../capture/byte-source.ts';
import { CaptureError, type Packet } from '../capture/packet.ts';
import { isPcap, readPcap } from '../capture/pcap.ts';
import { readPcapng, SECTION_HEADER } from '../capture/pcapng.ts';
import { usageError } from '../exit-code.ts';

export type Input =
  | { readonly type: 'octets'; readonly bytes: Uint8Array }
  | { readonly type: 'capture'; readonly packets: AsyncIterable<Packet> };

/** Octets outside of captures are all in memory: longer ones are something else. */
const OCTETS_MAX = 256 << 20;

/** Throws CliError: neither digits nor a file that can be read. */
export async function openInput(argument: string | undefined, stdin: AsyncIterable<Uint8Array | string>): Promise<Input> {
  if (argument === undefined || argument === '-') return inputOf(octetsOf(stdin), 'standard input');
  const digits = hexDigits(argument);
  if (typeof digits !== 'string') return { type: 'octets', bytes: digits.bytes };
  const problem = await whyUnreadable(argument);
  if (problem === undefined) return inputOf(createReadStream(argument, { highWaterMark: 1 << 20 }), argument);
  throw usageError(
    `"${shortened(argument)}" is neither hexadecimal digits (${digits}) nor a file (${problem})`,
    'e.g. tsbgp decode ffffffffffffffffffffffffffffffff001304',
    'or   tsbgp decode capture.pcap',
  );
}

async function inputOf(chunks: AsyncIterable<Uint8Array>, name: string): Promise<Input> {
  let source = new ByteSource(chunks);
  if ((await source.has(2)) && source.peek(2)[0] === 0x1f && source.peek(2)[1] === 0x8b) {
    source = new ByteSource(Readable.from(source.rest()).pipe(createGunzip()));
  }
  if (await source.has(4)) {
    const [a = 0, b = 0, c = 0, d = 0] = source.peek(4);
    const magic = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    if (isPcap(magic)) return { type: 'capture', packets: named(readPcap(source), name) };
    if (magic === SECTION_HEADER) return { type: 'capture', packets: named(readPcapng(source), name) };
  }
  const bytes = await all(source, name);
  // oxlint-disable-next-line no-control-regex -- text is what has no control characters but white space
  const text = /^[\t\n\r -~]*$/.test(Buffer.from(bytes.subarray(0, 4096)).toString('latin1'))
    ? Buffer.from(bytes).toString('latin1')
    : undefined;
  if (text === undefined) return { type: 'octets', bytes };
  const digits = hexDigits(text);
  if (typeof digits !== 'string') return { type: 'octets', bytes: digits.bytes };
  throw usageError(`${name}: found text that is no hexadecimal digits (${digits}); allowed are digits, octets, pcap and pcapng`);
}

async function* named(packets: AsyncIterable<Packet>, name: string): AsyncIterable<Packet> {
  try {
    yield* packets;
  } catch (error) {
    throw error instanceof CaptureError ? usageError(`${name}: ${error.message}`) : error;
  }
}

async function all(source: ByteSource, name: string): Promise<Uint8Array> {
  for (let wanted = 1 << 20; await source.has(wanted); wanted *= 2) {
    if (wanted > OCTETS_MAX) throw usageError(`${name}: more than ${OCTETS_MAX} octets that are no capture`);
  }
  return source.take(source.available);
}

/** Octets, or why they are none. White space, colons, commas, hyphens and `0x` may stand between them. */
function hexDigits(text: string): { readonly bytes: Uint8Array } | string {
  const digits = text.replace(/\b0x|[\s:,-]/gi, '');
  const other = /[^0-9a-f]/i.exec(digits);
  if (other !== null) return `found "${other[0]}"`;
  if (digits === '') return 'nothing there';
  if (digits.length % 2 !== 0) return `${digits.length} digits, of which an even number is needed`;
  return { bytes: fromHex(digits) };
}

async function whyUnreadable(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    const isDirectory = (await file.stat()).isDirectory();
    await file.close();
    return isDirectory ? 'it is a folder' : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'there is none of that name' : code === 'EACCES' ? 'it may not be read' : String(code);
  }
}

async function* octetsOf(chunks: AsyncIterable<Uint8Array | string>): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
