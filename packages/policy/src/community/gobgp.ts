/**
 * Community patterns as GoBGP writes them. What is not a whole community is a regular expression:
 *
 *     standard   65001:100, 4259905636 or NO_EXPORT are one community; other texts are expressions over "65001:100"
 *     large      65001:1:2 is one; others are expressions
 *     extended   RT:… and SoO:… are expressions over the rest of the text, of transitive communities of that subtype; an AS of four octets is
 *                written with a dot (RFC 5396). A rest without signs of an expression is the whole text
 */

import { formatIpv4 } from '@tsbgp/wire';
import { formatAs } from '../as-path/text.ts';
import { type Community, type CommunityKind, communityNumbers, ExtendedType } from './community.ts';
import { type CommunityPattern, parseCommunityPattern, regexPattern } from './pattern.ts';

const SUBTYPES: Readonly<Record<string, number>> = { rt: 2, soo: 3 };

/** The pattern, or a sentence that says what is wrong. */
export function gobgpCommunityPattern(kind: CommunityKind, text: string): CommunityPattern | string {
  if (kind === 'extended') return extendedPattern(text);
  const isWhole = kind === 'standard' ? /^(\d+:\d+|\d+|[A-Za-z_-]+)$/.test(text) : /^\d+:\d+:\d+$/.test(text);
  return isWhole ? parseCommunityPattern(text) : regexPattern(kind, text, text, communityNumbers);
}

function extendedPattern(text: string): CommunityPattern | string {
  const parts = /^(\w+):(.+)$/.exec(text);
  const subtype = SUBTYPES[parts?.[1]?.toLowerCase() ?? ''];
  if (parts === null || subtype === undefined) return `"${text}" is no extended community of GoBGP: it begins with "RT:" or "SoO:"`;
  const rest = parts[2]!;
  const source = /^[\d.]+:\d+$/.test(rest) ? `^${rest.replaceAll('.', '\\.')}$` : rest;
  return regexPattern('extended', source, text, (community) => valueText(community, subtype));
}

function valueText({ form, fields, octets }: Community, subtype: number): string | undefined {
  if ((form & 0xff) !== subtype) return undefined;
  const [global, local] = fields;
  if (form >>> 8 === ExtendedType.TwoOctetAs) return `${global}:${local}`;
  if (form >>> 8 === ExtendedType.Ipv4) return `${formatIpv4(octets, 2)}:${local}`;
  return form >>> 8 === ExtendedType.FourOctetAs ? `${formatAs(global!, 'asdot')}:${local}` : undefined;
}
