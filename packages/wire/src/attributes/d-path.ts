/**
 * D-PATH, path attribute 36 (draft-ietf-bess-evpn-ipvpn-interworking §4): the domains of EVPN and IP-VPN that a route has passed, the
 * last one first. Gateways find loops by it.
 *
 *     segment: | count of domains | domain, 7 octets | …          domain: | global admin, 4 octets | local admin, 2 octets | SAFI it came from |
 *
 * Without a domain, or with segments that do not add up: treat-as-withdraw. Text: `65000:1:70 65001:2:128`, `|` between segments.
 */
import { readU16, readU32 } from '../bytes.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import { ValueError } from '../fault.ts';
import { parseU32, within } from '../numbers.ts';
import { list, object, U8, U16, U32 } from '../parts/json-form.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_TRANSITIVE, treatAsWithdraw } from './fields.ts';

/** One domain of a D-PATH: its identifier and the SAFI in which the route came through it. */
export interface Domain {
  globalAdministrator: number;
  localAdministrator: number;
  /** SAFI of the route inside that domain; 0 if the route did not come by BGP. */
  safi: number;
}

const DOMAIN_LENGTH = 7;

export const dPath: AttributeCodec<Domain[][], 'd-path'> = {
  code: AttributeCode.DPath,
  type: 'd-path',
  name: 'D_PATH',
  label: 'D-PATH',
  flags: OPTIONAL_TRANSITIVE,
  check(bytes, start, end) {
    let at = start;
    while (at < end && bytes[at] !== 0) at += 1 + bytes[at]! * DOMAIN_LENGTH;
    if (at === end && at > start) return undefined;
    return treatAsWithdraw(UpdateError.OptionalAttribute, 'D_PATH whose segments do not add up');
  },
  decode(bytes, start, end, { spans }) {
    const segments: Domain[][] = [];
    for (let at = start; at < end; ) {
      const next = at + 1 + bytes[at]! * DOMAIN_LENGTH;
      const domains: Domain[] = [];
      spans?.open('segment', at);
      spans?.numbers(at, ['count', 1]);
      for (at += 1; at < next; at += DOMAIN_LENGTH) {
        spans?.numbers(at, ['global-administrator', 4], ['local-administrator', 2], ['safi', 1]);
        domains.push({ globalAdministrator: readU32(bytes, at), localAdministrator: readU16(bytes, at + 4), safi: bytes[at + 6]! });
      }
      spans?.close(next, domains);
      segments.push(domains);
    }
    return segments;
  },
  encode(out, segments) {
    for (const domains of segments) {
      if (domains.length === 0) throw new ValueError('D_PATH segment without domains');
      out.u8(within('count of domains', domains.length, 0xff));
      for (const domain of domains) {
        out.u32(within('global administrator', domain.globalAdministrator, 0xffff_ffff));
        out.u16(within('local administrator', domain.localAdministrator, 0xffff));
        out.u8(within('SAFI', domain.safi, 0xff));
      }
    }
  },
  format: (segments) =>
    segments
      .map((domains) => domains.map((domain) => `${domain.globalAdministrator}:${domain.localAdministrator}:${domain.safi}`).join(' '))
      .join(' | '),
  parse: (text) => (text.trim() === '' ? [] : text.split('|').map((segment) => segment.split(/\s+/).filter(Boolean).map(parseDomain))),
  fromJson: list(list(object<Domain>({ globalAdministrator: U32, localAdministrator: U16, safi: U8 }))),
};

function parseDomain(text: string): Domain {
  const [globalAdministrator, localAdministrator, safi, ...more] = text.split(':');
  if (globalAdministrator === undefined || localAdministrator === undefined || safi === undefined || more.length > 0) {
    throw new ValueError(`found "${text}", allowed are two administrators and a SAFI, e.g. "65000:1:70"`);
  }
  return {
    globalAdministrator: parseU32(globalAdministrator),
    localAdministrator: within('local administrator', parseU32(localAdministrator), 0xffff),
    safi: within('SAFI', parseU32(safi), 0xff),
  };
}
