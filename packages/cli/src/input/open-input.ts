/**
 * The input of `tsbgp decode`. It comes from the command line (hexadecimal digits), from a file or from standard input, and is a capture,
 * hexadecimal text or octets.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { ByteSource } from '../capture/byte-source.ts';
import { CaptureError, type Packet } from '../capture/packet.ts';
import { isPcap, readPcap } from '../capture/pcap.ts';
import { readPcapng, SECTION_HEADER } from '../capture/pcapng.ts';
import { CliError, ExitCode, usageError } from '../exit-code.ts';
import { foreignFormat } from './foreign-format.ts';
import { readHexText } from './hex-text.ts';

export type Input =
  | { readonly type: 'octets'; readonly bytes: Uint8Array }
  | { readonly type: 'capture'; readonly packets: AsyncIterable<Packet> };

/** Most octets that are no capture. They are all in memory; a longer file is something else. */
const OCTETS_MAX = 256 << 20;

/** Throws CliError when `argument` is neither hexadecimal digits nor a file that can be read. */
export async function openInput(argument: string | undefined, stdin: AsyncIterable<Uint8Array | string>): Promise<Input> {
  if (argument === undefined || argument === '-') return inputOf(octetsOf(stdin), 'standard input');
  const digits = readHexText(argument);
  if ('bytes' in digits) return { type: 'octets', bytes: digits.bytes };
  const problem = await whyUnreadable(argument);
  if (problem === undefined) return inputOf(createReadStream(argument, { highWaterMark: 1 << 20 }), argument);
  throw usageError(
    `"${shortened(argument)}" is neither hexadecimal digits (${digits.reason}) nor a file (${problem})`,
    'e.g. tsbgp decode ffffffffffffffffffffffffffffffff001304',
    'or   tsbgp decode capture.pcap',
  );
}

async function inputOf(chunks: AsyncIterable<Uint8Array>, name: string): Promise<Input> {
  let source = new ByteSource(chunks);
  for (const { magic, unpack } of COMPRESSIONS) {
    if (!(await source.has(magic.length)) || !magic.every((octet, i) => source.peek(magic.length)[i] === octet)) continue;
    source = new ByteSource(unpacked(Readable.from(source.rest()).pipe(unpack()), name));
    break;
  }
  if (await source.has(4)) {
    const [a = 0, b = 0, c = 0, d = 0] = source.peek(4);
    const magic = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    if (isPcap(magic)) return { type: 'capture', packets: named(readPcap(source), name) };
    if (magic === SECTION_HEADER) return { type: 'capture', packets: named(readPcapng(source), name) };
  }
  const bytes = await all(source, name);
  if (bytes.length === 0) throw usageError(`${name}: there is nothing to decode`);
  const foreign = foreignFormat(bytes);
  if (foreign !== undefined)
    throw new CliError(ExitCode.Refused, `${name}: this looks like ${foreign.name}, which decode does not read`, [foreign.hint]);
  // oxlint-disable-next-line no-control-regex -- text is what has no control characters but white space
  const text = /^[\t\n\r -~]*$/.test(Buffer.from(bytes.subarray(0, 4096)).toString('latin1'))
    ? Buffer.from(bytes).toString('latin1')
    : undefined;
  if (text === undefined) return { type: 'octets', bytes };
  const digits = readHexText(text);
  if ('bytes' in digits) return { type: 'octets', bytes: digits.bytes };
  throw usageError(
    `${name}: found text that is no hexadecimal digits (${digits.reason}); allowed are digits, dumps of hexdump -C, xxd or Wireshark, octets, pcap and pcapng`,
  );
}

const COMPRESSIONS = [
  { magic: [0x1f, 0x8b], unpack: () => createGunzip() },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: () => createZstdDecompress() },
] as const;

/** Turns the errors of zlib into CliErrors. */
async function* unpacked(chunks: AsyncIterable<Uint8Array>, name: string): AsyncIterable<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw new CliError(ExitCode.Refused, `${name}: the compressed file is damaged or cut off: ${(error as Error).message}`);
  }
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
