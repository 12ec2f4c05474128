/** The keywords and sections of `neighbor IP { … }` and of a template. */

import {
  inSection,
  readAddress,
  readAs,
  readFlow,
  readIpRoute,
  readIpv4,
  readL2vpnRoute,
  readOperational,
  readStaticRoute,
  type Statement,
  SyntaxFault,
  Words,
} from '@tsbgp/process-api';
import { readApiSection } from './api-section.ts';
import { readCapabilitySection } from './capability-section.ts';
import { readAddPathSection, readFamilySection, readNextHopSection } from './family-section.ts';
import type { NeighborDraft, NeighborValues } from './neighbor-draft.ts';
import { readTcpAoSection } from './tcp-ao-section.ts';

type Readers = { readonly [Name in keyof NeighborValues]: (words: Words) => NeighborValues[Name] };

const text = (words: Words): string => words.rest();
const port = (words: Words): number => words.number(1, 65_535);
const flag = (words: Words): boolean => words.boolean(true);
/** In ExaBGP the keyword alone turns it off. */
const bareOff = (words: Words): boolean => words.boolean(false);

const KEYWORDS: Readers = {
  description: text,
  'router-id': readIpv4,
  'local-address': (words) => (words.take('auto') ? 'auto' : readAddress(words)),
  'local-link-local': readAddress,
  'local-as': (words) => (words.take('auto') ? 'auto' : readAs(words)),
  'peer-as': (words) => (words.take('auto') ? 'auto' : readAs(words)),
  'host-name': text,
  'domain-name': text,
  'hold-time': readHoldTime,
  'rate-limit': (words) => (words.take('disable') || words.take('disabled') ? 0 : words.number(1, 1_000_000)),
  passive: flag,
  listen: port,
  connect: port,
  'source-interface': text,
  'outgoing-ttl': (words) => words.number(1, 255),
  'incoming-ttl': (words) => words.number(0, 255),
  'md5-password': readPassword,
  'md5-base64': (words) => !words.take('auto') && words.boolean(true),
  'md5-ip': readAddress,
  'group-updates': flag,
  'auto-flush': flag,
  'adj-rib-in': bareOff,
  'adj-rib-out': bareOff,
  'manual-eor': flag,
};

type SectionReader = (statement: Statement, draft: NeighborDraft) => void;

const SECTIONS: Readonly<Record<string, SectionReader>> = {
  family: ({ body = [] }, draft) => readFamilySection(body, draft),
  'add-path': ({ body = [] }, draft) => readAddPathSection(body, draft),
  nexthop: ({ body = [] }, draft) => readNextHopSection(body, draft),
  capability: ({ body = [] }, draft) => readCapabilitySection(body, draft),
  api: readApiSection,
  static: ({ body = [] }, draft) => {
    for (const route of body.flatMap(readStaticRoute)) draft.routes.push(route);
  },
  flow: ({ body = [] }, draft) => {
    for (const inner of body) {
      if (inner.words[0]?.text !== 'route') throw new SyntaxFault(`found "${inner.words[0]?.text}", allowed is route`, inner.line);
      draft.routes.push(readFlow(inner, 1));
    }
  },
  l2vpn: ({ body = [] }, draft) => {
    for (const inner of body) draft.routes.push(...readL2vpnRoute(inner, 0, 'announce'));
  },
  announce: readAnnounceSection,
  operational: ({ body = [] }, draft) => {
    for (const inner of body) draft.operational.push(readOperational(new Words(inner.words)));
  },
  'tcp-ao': (statement, draft) => {
    draft.tcpAo = readTcpAoSection(statement);
  },
};

const ALLOWED = ['inherit', ...Object.keys(KEYWORDS), ...Object.keys(SECTIONS)];

/** `templates` by name: those of the file before this section. */
export function readNeighborBody(body: readonly Statement[], draft: NeighborDraft, templates: ReadonlyMap<string, NeighborDraft>): void {
  const inherited: string[] = [];
  for (const statement of body) {
    const words = new Words(statement.words);
    const keyword = words.next(`one of ${ALLOWED.join(', ')}`);
    if (keyword === 'inherit') {
      inherited.push(...words.list((each) => readTemplateName(each, templates)));
      words.end();
    } else if (Object.hasOwn(SECTIONS, keyword) && statement.body !== undefined) {
      inSection(keyword, () => SECTIONS[keyword]!(statement, draft));
    } else if (Object.hasOwn(KEYWORDS, keyword) && statement.body === undefined) {
      readKeyword(keyword as keyof NeighborValues, words, draft.values);
    } else if (Object.hasOwn(SECTIONS, keyword)) {
      throw words.fault(`found "${keyword}" without "{", allowed is a section`);
    } else {
      throw words.wrong(keyword, `one of ${ALLOWED.join(', ')}`);
    }
  }
  for (const name of inherited) draft.inherit(templates.get(name)!);
}

function readKeyword<Name extends keyof NeighborValues>(name: Name, words: Words, values: Partial<NeighborValues>): void {
  try {
    values[name] = KEYWORDS[name](words);
    words.end();
  } catch (error) {
    if (error instanceof SyntaxFault) throw new SyntaxFault(`${name}: ${error.message}`, error.line);
    throw error;
  }
}

function readTemplateName(words: Words, templates: ReadonlyMap<string, NeighborDraft>): string {
  const name = words.next('the name of a template');
  if (!templates.has(name))
    throw words.wrong(name, `the name of a template${templates.size > 0 ? `: ${[...templates.keys()].join(', ')}` : ''}`);
  return name;
}

/** `announce { ipv4 { unicast …; } ipv6 { … } l2vpn { vpls …; } }` */
function readAnnounceSection({ body = [] }: Statement, draft: NeighborDraft): void {
  for (const section of body) {
    const name = section.words[0]?.text ?? '';
    if (section.body === undefined || section.words.length > 1 || !['ipv4', 'ipv6', 'l2vpn'].includes(name)) {
      throw new SyntaxFault(`found "${name}", allowed is a section ipv4, ipv6 or l2vpn`, section.line);
    }
    inSection(name, () => {
      for (const statement of section.body ?? []) {
        const routes =
          name === 'l2vpn' ? readL2vpnRoute(statement, 0, 'announce') : readIpRoute(statement, 0, name === 'ipv4' ? 4 : 6, 'announce');
        for (const route of routes) draft.routes.push(route);
      }
    });
  }
}

function readHoldTime(words: Words): number {
  const seconds = words.number(0, 65_535);
  if (seconds === 1 || seconds === 2) throw words.wrong(String(seconds), '0 or 3 to 65535 seconds (RFC 4271 §4.2), e.g. "hold-time 180"');
  return seconds;
}

const PASSWORD_OCTETS_MAX = 80;

function readPassword(words: Words): string {
  const password = words.rest();
  const length = Buffer.byteLength(password);
  // An error must not contain the password itself.
  if (length < 1 || length > PASSWORD_OCTETS_MAX)
    throw words.fault(`found a password of ${length} octets, allowed are 1 to ${PASSWORD_OCTETS_MAX}`);
  return password;
}
