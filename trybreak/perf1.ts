import { IPV4_UNICAST } from '@tsbgp/wire';
import { add, body, chunks, mkRib, send, settle, withdrawBody } from './perf.ts';
const which = process.argv[2];
if (which === 'med') { // n clients announce the same prefixes; two of one neighbouring AS with other MEDs
  for (const n of [5, 10, 30, 100]) {
    const rib = mkRib(); const ps = Array.from({ length: n }, (_, i) => add(rib, i, 65000 + i)); settle(rib, 'join');
    for (const p of ps) for (const c of chunks(0, n > 50 ? 200 : 2000)) send(rib, p, body(p.i, p.as, c, { path: [p.i < 2 ? 65000 : p.as], med: p.i }));
    settle(rib, `MED divisions: ${n} candidates, ${n > 50 ? 200 : 2000} NLRI`);
  }
}
if (which === 'stuck') {
  const rib = mkRib(); const s = add(rib, 1, 65001), a = add(rib, 2, 65002), b = add(rib, 3, 65003);
  settle(rib, 'join'); b.port.backlogBytes = 1 << 30;
  const N = 1_000_000;
  for (const c of chunks(0, N)) send(rib, s, body(1, 65001, c));
  settle(rib, '1M announced, one stuck');
  for (const c of chunks(0, N, 900)) send(rib, s, withdrawBody(c));
  settle(rib, '1M withdrawn, one stuck');
  for (let k = 0; k < 5; k++) { send(rib, s, body(1, 65001, [N + k])); settle(rib, ' one announced'); send(rib, s, withdrawBody([N + k])); settle(rib, ' one withdrawn, 1M doomed'); }
  for (let k = 0; k < 30; k++) { const m = add(rib, 10 + k, 65010 + k); m.port.backlogBytes = 1 << 30; rib.work(); rib.work(); rib.work(); rib.work(); }
  settle(rib, '30 more stuck joiners'); 
  send(rib, s, body(1, 65001, [N])); settle(rib, ' one announced'); send(rib, s, withdrawBody([N])); settle(rib, ' one withdrawn, 1M doomed, 31 cohorts');
  b.port.backlogBytes = 0; settle(rib, 'drains'); console.log('doomed', rib.tables[0]!.doomedCount);
}
if (which === 'cohorts') { // 32 members that fell behind one after the other drain at once
  const rib = mkRib(); const s = add(rib, 1, 65001); const ms = Array.from({ length: 32 }, (_, i) => add(rib, 10 + i, 65010 + i)); settle(rib, 'join');
  let n = 0; for (const m of ms) { m.port.backlogBytes = 1 << 30; for (const c of chunks(n, n + 600)) send(rib, s, body(1, 65001, c)); n += 600; settle(rib, 'f'); }
  for (const c of chunks(n, n + 400000)) send(rib, s, body(1, 65001, c)); settle(rib, '400k while all stuck');
  for (const m of ms) m.port.backlogBytes = 0; settle(rib, '32 cohorts drain at once, 400k each');
}
if (which === 'control') { // sets over members
  const M = Number(process.argv[3] ?? 500), S = Number(process.argv[4] ?? 2000), C = Number(process.argv[5] ?? 100), per = Number(process.argv[6] ?? 50);
  const rib = mkRib(); const ps = Array.from({ length: M }, (_, i) => add(rib, i, 65000 + i)); settle(rib, 'join');
  let seed = 1; const r = (k: number) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % k;
  let n = 0; for (let k = 0; k < S; k++) { const p = ps[k % M]!; for (const c of chunks(n, n + per)) send(rib, p, body(p.i, p.as, c, { large: [[0, 0], ...Array.from({ length: C }, () => [1, 65000 + r(M)])] })); n += per; }
  settle(rib, `${M} members, ${S} control sets of ${C}, ${n} NLRI`);
  for (let k = 0; k < 3; k++) { rib.removePeer(ps[k]!.peer); settle(rib, ' a leave'); ps[k] = add(rib, k, 65000 + k); settle(rib, ' a join'); }
  const t = performance.now(); for (let k = 0; k < 50; k++) { rib.removePeer(ps[10 + k]!.peer); ps[10 + k] = add(rib, 10 + k, 65010 + k); rib.work(); } settle(rib, ' 50 flaps, a work call each');
  for (let k = 0; k < M; k++) { rib.resend(ps[k]!.peer, IPV4_UNICAST); if (k % 5 === 4) settle0(rib); } settle(rib, ' every member refreshes by itself');
  for (const p of ps) rib.resend(p.peer, IPV4_UNICAST); settle(rib, ' all refresh together');
  function settle0(x: any) { let m = 0; for (;;) { const a = performance.now(); const more = x.work(); m = Math.max(m, performance.now() - a); if (!more) break; } if (m > 50) console.log('   work', m.toFixed(0)); }
  console.log('audiences', rib.groupsOf(rib.tables[0]!)[0]!.audiences.count, process.memoryUsage());
}
if (which === 'addpath') { // a stuck ADD-PATH member, NLRI that flap in random order
  const rib = mkRib(); const s = add(rib, 1, 65001), a = add(rib, 2, 65002, { addPath: true }), b = add(rib, 3, 65003, { addPath: true }); settle(rib, 'join');
  b.port.backlogBytes = 1 << 30; const N = Number(process.argv[3] ?? 2000); let seed = 1; const r = (k: number) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 8) % k;
  for (let round = 0; round < 400; round++) {
    const ids = Array.from({ length: N }, (_, i) => i); for (let i = N - 1; i > 0; i--) { const j = r(i + 1); [ids[i], ids[j]] = [ids[j]!, ids[i]!]; }
    for (let q = 0; q < N; q += 500) send(rib, s, body(1, 65001, ids.slice(q, q + 500))); while (rib.work());
    for (let i = N - 1; i > 0; i--) { const j = r(i + 1); [ids[i], ids[j]] = [ids[j]!, ids[i]!]; }
    for (let q = 0; q < N; q += 500) send(rib, s, withdrawBody(ids.slice(q, q + 500))); while (rib.work());
    if (round % 100 === 99) settle(rib, `round ${round + 1}, ${N} NLRI flap`);
  }
  b.port.backlogBytes = 0; const before = b.port.bytes; settle(rib, 'drains'); console.log('octets to the member that drains:', b.port.bytes - before);
}
if (which === 'build') { // a new ADD-PATH client where each NLRI has many paths
  const n = Number(process.argv[3] ?? 30), N = Number(process.argv[4] ?? 33000);
  const rib = mkRib(); const ps = Array.from({ length: n }, (_, i) => add(rib, i, 65000 + i)); settle(rib, 'join');
  for (const p of ps) for (const c of chunks(0, N)) send(rib, p, body(p.i, p.as, c)); settle(rib, `${n} paths x ${N}`);
  const m = add(rib, 500, 66000, { addPath: true }); settle(rib, 'ADD-PATH client joins a new group');
  const m2 = add(rib, 501, 66001, { addPath: true }); settle(rib, 'another ADD-PATH client');
  const m3 = add(rib, 502, 66002, { addPath: true, addPathMax: 8 }); settle(rib, 'best 8');
}
