/**
 * OPERATIONAL messages (draft-ietf-idr-operational-message): in `operational { … }` and after `announce operational`.
 *
 *     asm afi ipv4 safi unicast advisory "maintenance at noon"
 *     rpcq afi ipv4 safi unicast sequence 1
 *     rpcp afi ipv4 safi unicast router-id 192.0.2.1 sequence 1 counter 200
 */
import { type Family, OperationalType } from '@tsbgp/wire';
import { parseFamilyText } from '../text/families.ts';
import { readIpv4 } from '../text/values.ts';
import type { Words } from '../text/words.ts';

const TYPES: Readonly<Record<string, number>> = {
  adm: OperationalType.AdvisoryDemand,
  asm: OperationalType.AdvisoryStatic,
  rpcq: OperationalType.ReceivedPrefixCountRequest,
  rpcp: OperationalType.ReceivedPrefixCountReply,
  apcq: OperationalType.AdvertisedPrefixCountRequest,
  apcp: OperationalType.AdvertisedPrefixCountReply,
  lpcq: OperationalType.LocRibPrefixCountRequest,
  lpcp: OperationalType.LocRibPrefixCountReply,
};

export interface OperationalConfig {
  readonly code: number;
  readonly family: Family;
  readonly advisory: string | undefined;
  /** Undefined: our own. */
  readonly routerId: string | undefined;
  readonly sequence: number;
  /** In replies. */
  readonly count: number | undefined;
}

const FIELDS = ['afi', 'safi', 'advisory', 'router-id', 'sequence', 'counter'];

export function readOperational(words: Words): OperationalConfig {
  const type = words.next(`one of ${Object.keys(TYPES).join(', ')}`).toLowerCase();
  if (!Object.hasOwn(TYPES, type)) throw words.wrong(type, `one of ${Object.keys(TYPES).join(', ')}`);
  let [afi, safi] = ['', ''];
  let advisory: string | undefined;
  let routerId: string | undefined;
  let sequence = 0;
  let count: number | undefined;
  while (words.more) {
    const field = words.next(`one of ${FIELDS.join(', ')}`);
    if (field === 'afi') afi = words.next('ipv4 or ipv6');
    else if (field === 'safi') safi = words.next('a subsequent address family, e.g. "unicast"');
    else if (field === 'advisory') advisory = words.rest();
    else if (field === 'router-id') routerId = readIpv4(words);
    else if (field === 'sequence') sequence = words.number(0, 0xffff_ffff);
    else if (field === 'counter') count = words.number(0, 0xffff_ffff);
    else throw words.wrong(field, `one of ${FIELDS.join(', ')}`);
  }
  const family = parseFamilyText(`${afi} ${safi}`);
  if (family === undefined) throw words.wrong(`afi ${afi} safi ${safi}`, 'a family, e.g. "afi ipv4 safi unicast"');
  const isAdvisory = type === 'adm' || type === 'asm';
  if (isAdvisory && advisory === undefined) throw words.fault('found no advisory, e.g. "advisory \\"maintenance at noon\\""');
  if (type.endsWith('p') && count === undefined) throw words.fault('found no counter, e.g. "sequence 1 counter 200"');
  return {
    code: TYPES[type]!,
    family,
    advisory: isAdvisory ? advisory : undefined,
    routerId,
    sequence,
    count: type.endsWith('p') ? count : undefined,
  };
}
