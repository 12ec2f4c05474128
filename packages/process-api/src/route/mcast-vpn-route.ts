/**
 * Multicast in VPNs (RFC 6514):
 *
 *     mcast-vpn source-ad source IP group IP rd RD
 *     mcast-vpn shared-join rp IP group IP rd RD source-as N
 *     mcast-vpn source-join source IP group IP rd RD source-as N
 *
 * then next-hop, extended-community.
 */
import { type Family, formatRd, type McastVpnNlri } from '@tsbgp/wire';
import type { Statement } from '../text/lexer.ts';
import { SyntaxFault } from '../text/syntax-fault.ts';
import { readAddress, readAs } from '../text/values.ts';
import { Words } from '../text/words.ts';
import { readAttributes } from './attribute-words.ts';
import { RouteDraft } from './draft.ts';
import type { Purpose } from './prefix-route.ts';
import type { Route } from './route.ts';
import { typedRoute } from './typed-route.ts';

const TYPES = ['source-ad', 'shared-join', 'source-join'];

export function readMcastVpn(statement: Statement, at: number, family: Family, purpose: Purpose): Route {
  const words = new Words(statement.words, at, statement.line);
  const type = words.next(`one of ${TYPES.join(', ')}`);
  if (!TYPES.includes(type)) throw words.wrong(type, `one of ${TYPES.join(', ')}`);
  const found = new Map<string, string>();
  let sourceAs: number | undefined;
  const draft = new RouteDraft();
  const ip = (name: string) => (each: Words) => void found.set(name, readAddress(each));
  readAttributes(words, draft, {
    source: ip('source'),
    rp: ip('source'),
    group: ip('group'),
    'source-as': (each) => {
      sourceAs = readAs(each);
    },
  });
  const [source, group] = [found.get('source'), found.get('group')];
  const missing = [
    ...(draft.rd === undefined ? ['rd'] : []),
    ...(source === undefined ? [type === 'shared-join' ? 'rp' : 'source'] : []),
    ...(group === undefined ? ['group'] : []),
    ...(type !== 'source-ad' && sourceAs === undefined ? ['source-as'] : []),
    ...(purpose === 'announce' && draft.nextHop === undefined ? ['next-hop'] : []),
  ];
  if (missing.length > 0 || source === undefined || group === undefined) {
    const example = 'e.g. "mcast-vpn source-join source 10.0.0.1 group 239.0.0.1 rd 65000:1 source-as 65000 next-hop 192.0.2.1"';
    throw new SyntaxFault(`found no ${missing.join(', ')}, ${example}`, statement.line);
  }
  const head = { type: 'mcast-vpn', family, rd: formatRd(draft.rd!) } as const;
  const nlri: McastVpnNlri =
    type === 'source-ad'
      ? { ...head, route: 'source-active-ad', source, group }
      : { ...head, route: type === 'shared-join' ? 'shared-tree-join' : 'source-tree-join', sourceAs: sourceAs!, source, group };
  return typedRoute(nlri, draft, statement.line);
}
