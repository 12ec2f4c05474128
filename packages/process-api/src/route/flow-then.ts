/** What a flow specification does with the traffic (RFC 8955 §7), as extended communities. */
import { parseAddress } from '@tsbgp/wire';
import { readAddress } from '../text/values.ts';
import type { Words } from '../text/words.ts';
import type { RouteDraft } from './draft.ts';
import {
  ACTION_NAMES,
  action,
  COPY_TO_NEXT_HOP,
  interfaceSet,
  mark,
  REDIRECT_TO_NEXT_HOP,
  rateLimit,
  redirect,
  redirectIpv6,
  redirectToAddress,
} from './extended-community.ts';

type Row = (words: Words, draft: RouteDraft) => void;

export const THEN_WORDS: Readonly<Record<string, Row>> = {
  accept: () => {},
  discard: (_words, draft) => draft.addExtended([rateLimit(0, false)]),
  'rate-limit': (words, draft) => {
    const rate = words.number(0, Number.MAX_SAFE_INTEGER);
    draft.addExtended([rateLimit(rate, words.take('packets'))]);
  },
  redirect: readRedirect,
  'redirect-to-nexthop': (_words, draft) => draft.addExtended([REDIRECT_TO_NEXT_HOP]),
  'redirect-to-nexthop-ietf': (words, draft) => draft.addExtended([redirectToAddress(parseAddress(readAddress(words))!)]),
  copy: (words, draft) => {
    draft.nextHop = readAddress(words);
    draft.addExtended([COPY_TO_NEXT_HOP]);
  },
  mark: (words, draft) => draft.addExtended([mark(words.number(0, 63))]),
  action(words, draft) {
    const name = words.next(`one of ${ACTION_NAMES.join(', ')}`);
    if (!ACTION_NAMES.includes(name)) throw words.wrong(name, `one of ${ACTION_NAMES.join(', ')}`);
    draft.addExtended([action(name)]);
  },
};

/** The keyword of `scope`. */
export const SCOPE_WORDS: Readonly<Record<string, Row>> = {
  'interface-set': (words, draft) => {
    const allowed = 'an interface set, e.g. "transitive:input:65000:1"';
    draft.addExtended(
      words.list((each) => {
        const text = each.next(allowed);
        const set = interfaceSet(text.split(':'));
        if (set === undefined) throw each.wrong(text, allowed);
        return set;
      }),
    );
  },
};

/** `65000:1`, `192.0.2.1:1`, `192.0.2.1` (the next hop), `[2001:db8::1]:1` */
function readRedirect(words: Words, draft: RouteDraft): void {
  const allowed = '"AS:NUMBER", "IP:NUMBER", "IP" or "[IPV6]:NUMBER", e.g. "65000:12345"';
  if (words.take('[')) {
    const address = readAddress(words);
    words.expect(']');
    const text = words.next(allowed);
    if (!/^:\d{1,5}$/.test(text) || Number(text.slice(1)) > 0xffff || !address.includes(':'))
      throw words.wrong(`[${address}]${text}`, allowed);
    draft.addExtended([redirectIpv6(parseAddress(address)!, Number(text.slice(1)))]);
    return;
  }
  const text = words.next(allowed);
  if (parseAddress(text) !== undefined) {
    draft.nextHop = text;
    draft.addExtended([REDIRECT_TO_NEXT_HOP]);
    return;
  }
  const [a = '', b = '', rest] = text.split(':');
  const community = rest === undefined ? redirect(a, b) : undefined;
  if (community === undefined) throw words.wrong(text, allowed);
  draft.addExtended([community]);
}
