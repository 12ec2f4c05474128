import assert from 'node:assert/strict';
import { encodeAttributes, Fault, IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { FakePeer, settle } from '../packages/rib/test/fake-peer.ts';
import { Rib } from '../packages/rib/src/index.ts';
import { checkInvariants } from '../packages/rib/src/invariants.ts';
let state = Number(process.argv[2] ?? 1) >>> 0;
const rnd = (n: number) => { state = (state + 0x6d2b79f5) >>> 0; let t = state; t = Math.imul(t ^ (t >>> 15), t | 1); t ^= t + Math.imul(t ^ (t >>> 7), t | 61); return ((t ^ (t >>> 14)) >>> 0) % n; };
const pick = <T>(a: readonly T[]): T => a[rnd(a.length)]!;
const N = Number(process.argv[4] ?? 9);
const RS = 64500;
const P4 = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '20.0.0.0/8', '21.0.0.0/8', '22.0.0.0/8'];
const P6 = ['2001:db8::/32', '2001:db9::/32'];
const asOf = (i: number) => (i % 4 === 2 ? 65000 : i % 7 === 5 ? 4200000000 + i : 65000 + i);
const addr = (i: number) => `10.0.0.${i + 1}`;
function options() {
  const client = rnd(5) > 0; const addPath = rnd(3) === 0 ? pick([1, 2, Infinity]) : 0;
  return { routeServerClient: client, routeServer: { bestPathOnly: rnd(5) === 0, obeysWellKnown: rnd(4) === 0, controlCommunities: rnd(4) > 0, ownAsRoutes: rnd(2) === 0 },
    addPath: addPath ? [IPV4_UNICAST, IPV6_UNICAST] : [], addPathMax: addPath, sendsAddPath: rnd(3) === 0, exportAccept: rnd(12) > 0 };
}
function run(seed: number) {
  state = seed;
  const failing = new Set<FakePeer>();
  const mk = (fail: boolean) => new Rib({ localAs: RS, bgpIdentifier: 1, observer: { fault: (_p, f) => assert.fail(f.reason), endOfRib: () => undefined },
    ...(fail && { exportObserver: { notSent: () => undefined, exportFailed: () => undefined, peerFailed: (p: any) => { const i = peers.findIndex((x) => x.ribPeer === p); peers[i]!.throws = undefined; down(i); } } }),
    capacity: { ipv4: 2, ipv6: 2, pathsPerNlri: 1, attributeSets: 2 } });
  const rib = mk(true);
  const peers = Array.from({ length: N }, (_, i) => new FakePeer(rib, { address: addr(i), as: asOf(i), localAs: RS }));
  const opts: any[] = [];
  const routes = new Map<string, any>();
  const down = (i: number) => { peers[i]!.down(); for (const [k, r] of routes) if (r.from === i) routes.delete(k); };
  const local = (r: Rib, x: any) => {
    const a = encodeAttributes([{ type: 'origin', flags: 0x40, value: 'igp' }, { type: 'as-path', flags: 0x40, value: [] }, { type: 'next-hop', flags: 0x40, value: x.nextHop ?? '198.51.100.1' },
      ...(x.med ? [{ type: 'multi-exit-disc', flags: 0x80, value: x.med }] as any : []),
      ...(x.communities.length ? [{ type: 'communities', flags: 0xc0, value: x.communities }] as any : []), ...(x.largeCommunities.length ? [{ type: 'large-communities', flags: 0xc0, value: x.largeCommunities }] as any : [])], { fourOctetAs: true } as any);
    const attr = r.internLocal(IPV4_UNICAST, a); assert.ok(!(attr instanceof Fault));
    r.announceLocal(IPV4_UNICAST, wire(x.prefix), 0, attr, x.id); r.releaseLocal(attr);
  };
  const wire = (p: string) => { const [ip, len] = p.split('/'); return Uint8Array.of(Number(len), ...ip!.split('.').map(Number)); };
  const comm = () => { const small = Array.from({ length: N }, (_, i) => asOf(i)).filter((x) => x < 65536); return rnd(8) === 0 ? 0xffffff01 : pick([0, RS, 65281]) * 65536 + pick([0, RS, ...small]); };
  const put = (r: Rib, ps: FakePeer[], x: any) => {
    if (x.from === -1) return local(r, x);
    const { from, id, ...rest } = x; if (!rest.communities.length) delete rest.communities; if (!rest.largeCommunities.length) delete rest.largeCommunities;
    ps[from]!.announce({ ...rest, ...(opts[from].sendsAddPath && { pathIdentifier: id }) });
  };
  for (let i = 0; i < N; i++) if (rnd(3) > 0) peers[i]!.up((opts[i] = options()));
  const steps = 30 + rnd(170);
  for (let s = 0; s < steps; s++) {
    const w = rnd(30);
    if (w < 11) {
      const from = rnd(N + 2) < 2 ? -1 : rnd(N);
      if (from >= 0 && peers[from]!.ribPeer === undefined) continue;
      const prefix = from === -1 ? pick(P4) : pick([...P4, ...P6]); const v6 = prefix.includes(':');
      const id = from === -1 ? rnd(3) : opts[from].sendsAddPath ? 1 + rnd(2) : 0;
      const x = { from, id, prefix, asPath: from === -1 ? [] : [asOf(from), ...pick([[], [], [3356], [174, 3356]])], nextHop: from === -1 ? pick([undefined, '0.0.0.0', addr(rnd(N))]) : v6 ? `2001:db8::${from + 1}` : rnd(4) ? addr(from) : addr(rnd(N)), ...(rnd(3) === 0 && { med: 1 + rnd(2) }),
        communities: Array.from({ length: rnd(3) }, comm), largeCommunities: rnd(3) ? [] : [{ globalAdministrator: RS, localData1: pick([0, 1, 65281]), localData2: rnd(3) ? asOf(rnd(N)) : 0 }] };
      routes.set(`${from} ${prefix} ${id}`, x); put(rib, peers, x);
    } else if (w < 15) {
      if (routes.size === 0) continue;
      const [k, x] = pick([...routes]); routes.delete(k);
      if (x.from === -1) assert.ok(rib.withdrawLocal(IPV4_UNICAST, wire(x.prefix), 0, x.id));
      else peers[x.from]!.withdraw(x.prefix, opts[x.from].sendsAddPath ? x.id : undefined);
    } else if (w < 18) {
      const i = rnd(N); if (peers[i]!.ribPeer) down(i); if (rnd(4)) peers[i]!.up((opts[i] = options()));
    } else if (w < 20) {
      const p = peers[rnd(N)]!; if (p.ribPeer) rib.resend(p.ribPeer, pick([IPV4_UNICAST, IPV6_UNICAST]), rnd(2) ? { begin: () => undefined, end: () => undefined } : undefined);
    } else if (w < 24) peers[rnd(N)]!.backlogBytes = pick([0, 0, 600_000, 1 << 30]);
    else if (w === 24 && rnd(3) === 0) { const p = peers[rnd(N)]!; if (p.ribPeer) p.throws = new Error('x'); }
    else for (let k = 1 + rnd(4); k > 0; k--) rib.work();
    checkInvariants(rib);
  }
  for (const p of peers) { p.backlogBytes = 0; p.throws = undefined; }
  settle(rib); checkInvariants(rib);
  assert.equal(rib.idle, true);
  const fresh = mk(false);
  const others = peers.map((_, i) => new FakePeer(fresh, { address: addr(i), as: asOf(i), localAs: RS }));
  const order = [...routes.values()];
  for (const [i, p] of peers.entries()) if (p.ribPeer) others[i]!.up(opts[i]);
  for (const x of order) put(fresh, others, x);
  settle(fresh);
  const shown = (p: FakePeer) => [...p.view].map(([k, v]) => `${k.split(' ')[0]} ${v}`).sort();
  for (const [i, p] of peers.entries()) if (p.ribPeer) {
    assert.deepEqual(shown(p), shown(others[i]!), `peer ${i} ${JSON.stringify(opts[i])}`);
    assert.equal(rib.membersOf(p.ribPeer).reduce((n, m) => n + m.advertised, 0), p.view.size);
    for (const m of rib.membersOf(p.ribPeer)) { assert.equal(m.behind, false); assert.equal(m.missedCount, 0); const o = fresh.memberOf(others[i]!.ribPeer!, m.group.table.family)!; assert.equal(m.withheldCount, o.withheldCount); }
  }
  for (const [i, p] of peers.entries()) if (p.ribPeer) down(i);
  for (const x of routes.values()) if (x.from === -1) rib.withdrawLocal(IPV4_UNICAST, wire(x.prefix), 0, x.id);
  settle(rib); checkInvariants(rib);
  assert.equal(rib.attributes.count, 0); for (const t of rib.tables) assert.equal(t.index.count, 0);
}
const first = Number(process.argv[2] ?? 1), count = Number(process.argv[3] ?? 1000);
let bad = 0;
for (let seed = first; seed < first + count && bad < 3; seed++) try { run(seed); } catch (e: any) { bad++; console.log('SEED', seed, e.message?.slice(0, 1500), e.stack?.split('\n').filter((l: string) => l.includes('rib')).slice(0, 6).join('\n')); }
console.log('done', first, count);
process.exit(0);
