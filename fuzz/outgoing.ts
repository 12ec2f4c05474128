/**
 * The export of @tsbgp/rib. A block of attributes is received as a route and sent to a peer of each form: two- and four-octet AS numbers, messages of
 * 4096 and 65,535 octets, path identifiers, route server clients, with and without a next hop of our own. Each peer checks what it is sent: it has no
 * fault, it has the mandatory attributes, and it is what counts as advertised.
 */
import { IPV4_UNICAST } from '@tsbgp/wire';
import { EveryView, PREFIXES, SOURCES, type SourceName } from '../packages/rib/test/every-view.ts';
import type { Target } from './target.ts';

/** Added after the input. The first attribute of each type code counts (RFC 7606 §3 g), so these replace only what the input lacks. */
const MANDATORY = [0x40, 1, 1, 0, 0x40, 2, 0, 0x40, 3, 4, 192, 0, 2, 77];
const MP_REACH_NLRI = [0x80, 14, 28, 0, 2, 1, 16, 0x20, 1, 0xd, 0xb8, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, ...PREFIXES[1]!];

let views: EveryView | undefined;
const body = new Uint8Array(65_536);

/** Chosen for one in a hundred inputs, because it takes a hundred times as long as decoding. */
export const outgoing: Target = {
  name: 'outgoing',
  kind: 'attributes',
  weight: 1,
  run(bytes, start, end) {
    try {
      return send(sourceOf(bytes, start, end), bytes, start, end);
    } catch (error) {
      views = undefined; // the state after an exception must not make the next input fail
      throw error;
    }
  },
};

/** The input decides which peer sends the route. */
function sourceOf(bytes: Uint8Array, start: number, end: number): SourceName {
  let sum = 0;
  for (let at = start; at < end; at++) sum += bytes[at]!;
  return SOURCES[sum % SOURCES.length]!;
}

function send(source: SourceName, bytes: Uint8Array, start: number, end: number): number {
  views ??= new EveryView();
  // An odd length adds an IPv6 route; the input may also have one.
  const added = ((end - start) & 1) === 1 ? [...MANDATORY, ...MP_REACH_NLRI] : MANDATORY;
  const length = end - start + added.length;
  body[2] = length >>> 8;
  body[3] = length & 0xff;
  body.set(bytes.subarray(start, end), 4);
  body.set(added, 4 + end - start);
  body.set(PREFIXES[0]!, 4 + length);
  if (source === 'local') views.announceLocal(IPV4_UNICAST, PREFIXES[0]!, body.subarray(4, 4 + length));
  else views.give(source, body.subarray(0, 4 + length + PREFIXES[0]!.length));
  let sign = 0;
  for (const { routes } of views.receivers) sign = (Math.imul(sign, 31) + Math.min(routes.size, 3)) | 0;
  views.forget(source);
  return sign;
}
