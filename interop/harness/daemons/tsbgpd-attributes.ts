/** Path attributes of the API as the lines that scenarios show, and back: "as-path 65002 65200", "communities 65002:1 65002:2". */
import { type AsPath, AsPathSegment_Type, Origin, type PathAttribute } from '@tsbgp/api';

/** The attributes that a scenario can announce. */
export interface AnnouncedAttribute {
  readonly kind:
    | { readonly case: 'asPath'; readonly value: { readonly segments: { readonly type: AsPathSegment_Type; readonly asns: number[] }[] } }
    | { readonly case: 'multiExitDisc' | 'localPref'; readonly value: number }
    | { readonly case: 'communities'; readonly value: { readonly values: number[] } }
    | { readonly case: 'extendedCommunities'; readonly value: { readonly values: { readonly text: string }[] } }
    | { readonly case: 'largeCommunities'; readonly value: { readonly values: LargeCommunity[] } };
}

interface LargeCommunity {
  readonly globalAdministrator: number;
  readonly localData1: number;
  readonly localData2: number;
}

export function attributeLine({ kind }: PathAttribute): string {
  switch (kind.case) {
    case 'origin':
      return `origin ${originName(kind.value)}`;
    case 'asPath':
      return `as-path ${formatAsPath(kind.value)}`;
    case 'nextHop':
      return `next-hop ${kind.value}`;
    case 'multiExitDisc':
      return `multi-exit-disc ${kind.value}`;
    case 'localPref':
      return `local-pref ${kind.value}`;
    case 'communities':
      return `communities ${kind.value.values.map((value) => `${value >>> 16}:${value & 0xffff}`).join(' ')}`;
    case 'extendedCommunities':
      return `extended-communities ${kind.value.values.map(({ text }) => text).join(' ')}`;
    case 'largeCommunities':
      return `large-communities ${kind.value.values.map(formatLargeCommunity).join(' ')}`;
    case 'originatorId':
      return `originator-id ${kind.value}`;
    case 'clusterList':
      return `cluster-list ${kind.value.ids.join(' ')}`;
    case 'onlyToCustomer':
      return `only-to-customer ${kind.value}`;
    default:
      // No scenario looks at the value of others: the name shows that one is there.
      return `other ${kind.case}`;
  }
}

/** Throws for a name that no scenario may announce. */
export function parseAttribute(name: string, text: string): AnnouncedAttribute {
  const words = text.split(' ');
  switch (name) {
    case 'as-path':
      return { kind: { case: 'asPath', value: { segments: [{ type: AsPathSegment_Type.SEQUENCE, asns: words.map(Number) }] } } };
    case 'multi-exit-disc':
      return { kind: { case: 'multiExitDisc', value: Number(text) } };
    case 'local-pref':
      return { kind: { case: 'localPref', value: Number(text) } };
    case 'communities':
      return { kind: { case: 'communities', value: { values: words.map(parseCommunity) } } };
    case 'extended-communities':
      return { kind: { case: 'extendedCommunities', value: { values: words.map((word) => ({ text: word })) } } };
    case 'large-communities':
      return { kind: { case: 'largeCommunities', value: { values: words.map(parseLargeCommunity) } } };
    default:
      throw new Error(`no attribute called "${name}" can be announced`);
  }
}

function originName(origin: PathAttribute['kind']['value']): string {
  switch (origin) {
    case Origin.IGP:
      return 'igp';
    case Origin.EGP:
      return 'egp';
    default:
      return 'incomplete';
  }
}

function formatAsPath({ segments }: AsPath): string {
  const brackets = (type: AsPathSegment_Type): readonly [string, string] => {
    if (type === AsPathSegment_Type.SET) return ['{', '}'];
    if (type === AsPathSegment_Type.CONFED_SEQUENCE) return ['(', ')'];
    return type === AsPathSegment_Type.CONFED_SET ? ['[', ']'] : ['', ''];
  };
  return segments.map(({ type, asns }) => brackets(type).join(asns.join(' '))).join(' ');
}

function parseCommunity(text: string): number {
  const [as = 0, value = 0] = text.split(':').map(Number);
  return as * 65536 + value;
}

function formatLargeCommunity({ globalAdministrator, localData1, localData2 }: LargeCommunity): string {
  return `${globalAdministrator}:${localData1}:${localData2}`;
}

function parseLargeCommunity(text: string): LargeCommunity {
  const [globalAdministrator = 0, localData1 = 0, localData2 = 0] = text.split(':').map(Number);
  return { globalAdministrator, localData1, localData2 };
}
