/** For tests: finds and decodes the shared captures. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BgpCapture, type CaptureEntry } from '../src/capture/bgp-capture.ts';
import { openInput } from '../src/input/open-input.ts';

export const CAPTURES: string = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'conformance', 'captures', 'pcap');

/** Captures of sessions on another port than 179. */
const PORTS: Readonly<Record<string, number>> = { 'packetlife-BGP_flowspec_v4.cap': 1179, 'packetlife-bgp_withdraw.cap': 1179 };

export function portOf(file: string): number {
  return PORTS[file] ?? 179;
}

/** Names of the shared captures. Where `../shared` is absent: none, and a line that says so. */
export function captureFiles(): string[] {
  if (existsSync(CAPTURES)) return readdirSync(CAPTURES).filter((name) => /\.(pcap|pcapng|cap)$/.test(name));
  console.log(`SKIP shared: ${CAPTURES} is not here`);
  return [];
}

export async function decodeCapture(path: string, port = 179): Promise<CaptureEntry[]> {
  const input = await openInput(path, (async function* () {})());
  if (input.type !== 'capture') throw new Error(`${path} is no capture`);
  const capture = new BgpCapture({ port });
  const entries: CaptureEntry[] = [];
  for await (const packet of input.packets) entries.push(...capture.push(packet));
  return [...entries, ...capture.finish()];
}

/** By the type octet of the header. */
const TYPE_NAMES = ['', 'OPEN', 'UPDATE', 'NOTIFICATION', 'KEEPALIVE', 'ROUTE-REFRESH', 'OPERATIONAL'];

export function typeName(bytes: Uint8Array): string {
  return TYPE_NAMES[bytes[18]!] ?? 'unknown';
}
