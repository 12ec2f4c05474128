import { IPV4_UNICAST, encodeUpdate, DEFAULT_CONTEXT, addressBytes } from '@tsbgp/wire';
const { Rib, PeerKind } = await import('../packages/rib/src/index.ts');
export const RS = 64500;
export function mkRib() { return new Rib({ localAs: RS, bgpIdentifier: 1, observer: { fault: (_p: any, f: any) => { throw new Error(f.reason); }, endOfRib: () => undefined } }); }
export const ctx = (addPath = false) => ({ ...DEFAULT_CONTEXT, fourOctetAs: true, addPath: new Set(addPath ? [IPV4_UNICAST] : []), peerType: 'ebgp' }) as any;
export function add(rib: any, i: number, as: number, o: any = {}) {
  const port = { bytes: 0, writes: 0, backlogBytes: 0, write(b: Uint8Array) { this.bytes += b.length; this.writes++; } };
  const peer = rib.addPeer({ name: String(i), kind: PeerKind.External, remoteAs: as, localAs: RS, bgpIdentifier: i + 1, address: addressBytes(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`), families: [IPV4_UNICAST], receive: ctx(o.sendsAddPath), send: ctx(o.addPath), nextHopSelf: new Map([[IPV4_UNICAST, addressBytes('198.51.100.1')]]), link: undefined, routeServerClient: true, routeServer: { controlCommunities: true, ...o.rs }, nextHopSelfAlways: false, importAccept: true, exportAccept: true, ownAddresses: [], port, ...(o.addPathMax && { addPathMax: new Map([[IPV4_UNICAST, o.addPathMax]]) }) });
  return { peer, port, i, as };
}
export function body(i: number, as: number, prefixes: number[], x: any = {}) {
  return encodeUpdate({ type: 'update', withdrawn: [], attributes: [{ type: 'origin', flags: 0x40, value: 'igp' }, { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: x.path ?? [as] }] }, { type: 'next-hop', flags: 0x40, value: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` },
   ...(x.med !== undefined ? [{ type: 'multi-exit-disc', flags: 0x80, value: x.med }] : []), ...(x.communities?.length ? [{ type: 'communities', flags: 0xc0, value: x.communities }] : []), ...(x.large ? [{ type: 'large-communities', flags: 0xc0, value: x.large.map((a: number[]) => ({ globalAdministrator: RS, localData1: a[0], localData2: a[1] })) }] : [])] as any, nlri: prefixes.map(pfx) } as any, ctx());
}
export const pfx = (n: number) => ({ type: 'ip-prefix', family: IPV4_UNICAST, prefix: `${20 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.0/24` });
export function withdrawBody(prefixes: number[]) { return encodeUpdate({ type: 'update', withdrawn: prefixes.map(pfx), attributes: [], nlri: [] } as any, ctx()); }
export function send(rib: any, p: any, b: Uint8Array) { const f = rib.ingest(p.peer, b, 0, b.length); if (f) throw new Error(f.reason); }
export const chunks = (from: number, to: number, size = 600) => { const out: number[][] = []; for (let a = from; a < to; a += size) out.push(Array.from({ length: Math.min(size, to - a) }, (_, k) => a + k)); return out; };
export function settle(rib: any, label: string) {
  const t0 = performance.now(); let max = 0, n = 0; const all: number[] = [];
  for (;;) { const t = performance.now(); const more = rib.work(); const d = performance.now() - t; all.push(d); if (d > max) max = d; n++; if (!more) break; if (performance.now() - t0 > 60000) { console.log('  (stopped at 60 s)'); break; } }
  all.sort((a, b) => b - a);
  console.log(label.padEnd(60), `calls ${n} max ${max.toFixed(1)} ms, over 50 ms: ${all.filter((d) => d > 50).length}, total ${(performance.now() - t0).toFixed(0)} ms, rss ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
}
