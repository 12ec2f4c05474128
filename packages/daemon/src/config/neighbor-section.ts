/**
 * The sections `neighbors`, `groups` and `defaults`: merges them for each neighbor, and checks the rules between keys.
 *
 * A key in `defaults` or a group does not apply to neighbors that may not have it: multihop not to iBGP neighbors, route-reflector-client not to eBGP
 * neighbors. In the section of such a neighbor it is an error.
 */
import { formatFamily } from '@tsbgp/wire';
import { isIpv6 } from '../endpoint.ts';
import type { Path } from '../keys/fields.ts';
import { NEIGHBOR_KEYS, type NeighborField, type RawNeighbor } from '../keys/neighbor-keys.ts';
import { mergeLayers, relationOf } from '../keys/neighbor-layers.ts';
import type { OwnAs } from '../keys/own-as.ts';
import { formatPath } from './config-error.ts';
import { LISTEN_DEFAULT } from './defaults.ts';
import type { Findings } from './findings.ts';
import {
  exclusive,
  isConfederationItself,
  localAsInside,
  notForRelation,
  onlyClients,
  otherKind,
  ownEndpoint,
  withoutEffect,
  withoutRequired,
} from './neighbor-rules.ts';
import type { RawConfig } from './schema.ts';
import { suggest } from './suggest.ts';

/** By the section of the neighbor. Several rules ask for each neighbor of a file. */
const merged: WeakMap<RawNeighbor, RawNeighbor> = new WeakMap();

/** The keys of a neighbor, or else those of its group, or else those of `defaults`. `own` is one of the sections of `raw`. */
export function effective(raw: RawConfig, own: RawNeighbor): RawNeighbor {
  const known = merged.get(own);
  if (known !== undefined) return known;
  const found = mergeLayers([raw.defaults ?? {}, groupOf(raw, own) ?? {}, own], ownAs(raw));
  merged.set(own, found);
  return found;
}

function groupOf({ groups }: RawConfig, { group }: RawNeighbor): RawNeighbor | undefined {
  return group !== undefined && groups !== undefined && Object.hasOwn(groups, group) ? groups[group] : undefined;
}

/** The section that a neighbor has a key from. */
function sectionOf(raw: RawConfig, own: RawNeighbor, i: number, field: NeighborField): Path {
  if (own[field] !== undefined) return ['neighbors', i];
  return groupOf(raw, own)?.[field] === undefined ? ['defaults'] : ['groups', own.group!];
}

/** Undefined where the file has no AS number that is right. */
export function ownAs(raw: RawConfig): OwnAs | undefined {
  const { as, confederation } = raw.global ?? {};
  if (as === undefined) return undefined;
  const { identifier, members = [] } = confederation ?? {};
  return identifier === undefined
    ? { as }
    : { as, confederation: { identifier, members: members.filter((member) => member !== undefined) } };
}

export function checkNeighborSections(raw: RawConfig, findings: Findings): void {
  if (raw.defaults !== undefined) checkSection(raw.defaults, ['defaults'], findings);
  for (const [name, group] of Object.entries(raw.groups ?? {})) if (group !== undefined) checkSection(group, ['groups', name], findings);
  const seen = new Map<string, number>();
  raw.neighbors?.forEach((own, i) => {
    if (own !== undefined) checkNeighbor(raw, own, i, seen, findings);
  });
  warnAboutPolicy(raw, findings);
}

function checkSection(section: RawNeighbor, path: Path, findings: Findings): void {
  policyOnce(section, path, findings);
  if (section.families !== undefined) familiesOnce(section.families, [...path, 'families'], findings);
}

function checkNeighbor(raw: RawConfig, own: RawNeighbor, i: number, seen: Map<string, number>, findings: Findings): void {
  const path: Path = ['neighbors', i];
  const neighbor = effective(raw, own);
  const { address, remoteAs } = neighbor;

  groupIsThere(raw, own, path, findings);
  if (remoteAs === undefined && !wasRefused(raw, i, findings)) findings.refuse('missing-key', [...path, 'remote-as']);
  if (address !== undefined) {
    const before = seen.get(address);
    if (before === undefined) seen.set(address, i);
    else {
      const line = findings.lineOf(['neighbors', before, 'address']);
      const because = `neighbors[${before}] on line ${line} is the same`;
      findings.refuse('duplicate-neighbor', [...path, 'address'], { because, allowed: 'each address once' });
    }
    notOurselves(raw, neighbor, address, path, findings);
    sameKind(raw, own, i, neighbor, address, findings);
    if (neighbor.passive === true) somethingListens(raw, address, path, findings);
  }
  checkSection(own, path, findings);

  const ours = ownAs(raw);
  const relation = relationOf(neighbor, ours);
  const inConfederation = ours && isConfederationItself(remoteAs, ours);
  if (inConfederation !== undefined) {
    findings.refuse('conflicting-keys', [...sectionOf(raw, own, i, 'remoteAs'), 'remote-as'], inConfederation);
  }
  const inside = ours && localAsInside(neighbor, ours);
  if (inside !== undefined) findings.refuse('conflicting-keys', [...sectionOf(raw, own, i, 'localAs'), 'local-as'], inside);
  const broken = [
    ...(relation === undefined || inConfederation !== undefined ? [] : notForRelation(own, relation)),
    ...onlyClients(own, neighbor.routeServerClient),
    ...withoutRequired(own, neighbor),
  ];
  for (const { field, rule } of broken) findings.refuse('conflicting-keys', [...path, NEIGHBOR_KEYS[field].key], rule);
  for (const { field, text } of withoutEffect(neighbor)) {
    if (own[field] !== undefined) findings.warn('no-effect', [...path, NEIGHBOR_KEYS[field].key], text);
  }
  for (const { field, other, rule } of exclusive(neighbor)) {
    const blamed = own[field] === undefined && own[other] === true ? other : field;
    findings.refuse('conflicting-keys', [...sectionOf(raw, own, i, blamed), NEIGHBOR_KEYS[blamed].key], rule);
  }
}

/** The key is written but wrong: there is an error about it already. */
function wasRefused(raw: RawConfig, i: number, findings: Findings): boolean {
  if (findings.isWritten(['neighbors', i, 'remote-as'])) return true;
  const { group } = raw.neighbors?.[i] ?? {};
  if (group !== undefined && findings.isWritten(['groups', group, 'remote-as'])) return true;
  return raw.defaults?.remoteAs === undefined && findings.isWritten(['defaults', 'remote-as']);
}

function groupIsThere({ groups = {} }: RawConfig, { group }: RawNeighbor, path: Path, findings: Findings): void {
  if (group === undefined || Object.hasOwn(groups, group)) return;
  const names = Object.keys(groups);
  const near = suggest(group, names);
  const because = `there is no group "${group}"${near === undefined ? '' : `, did you mean "${near}"?`}`;
  findings.refuse('unknown-name', [...path, 'group'], { because, allowed: names.length === 0 ? 'a section of groups' : names.join(', ') });
}

function notOurselves(raw: RawConfig, neighbor: RawNeighbor, address: string, path: Path, findings: Findings): void {
  const listen = (raw.global?.listen ?? LISTEN_DEFAULT).filter((endpoint) => endpoint !== undefined);
  const broken = ownEndpoint({ ...neighbor, address }, listen);
  if (broken !== undefined) findings.refuse('own-address', [...path, 'address'], broken);
}

function sameKind(raw: RawConfig, own: RawNeighbor, i: number, neighbor: RawNeighbor, address: string, findings: Findings): void {
  const broken = otherKind(address, neighbor.localAddress);
  if (broken === undefined) return;
  // For a key in another section the message names the neighbor that it does not fit.
  const because = broken.because.replace('the neighbor', formatPath(['neighbors', i]));
  findings.refuse('conflicting-keys', [...sectionOf(raw, own, i, 'localAddress'), 'local-address'], { ...broken, because });
}

function somethingListens(raw: RawConfig, address: string, path: Path, findings: Findings): void {
  const { listen } = raw.global ?? {};
  if (listen === undefined || listen.some((endpoint) => endpoint === undefined || isIpv6(endpoint.host) === isIpv6(address))) return;
  const kind = isIpv6(address) ? 'IPv6' : 'IPv4';
  const text = `passive, but global.listen has no ${kind} address: it can never come up; e.g. "listen: ["${isIpv6(address) ? '[::]' : '0.0.0.0'}:179"]"`;
  findings.warn('never-connects', [...path, 'address'], text);
}

function policyOnce(section: RawNeighbor, path: Path, findings: Findings): void {
  if (section.policy === undefined || (section.importPolicy === undefined && section.exportPolicy === undefined)) return;
  const other = section.importPolicy === undefined ? 'export' : 'import';
  const rule = { because: `with ${other} beside it`, allowed: 'policy alone, or import and export' };
  findings.refuse('conflicting-keys', [...path, 'policy'], rule);
}

function familiesOnce(families: NonNullable<RawNeighbor['families']>, path: Path, findings: Findings): void {
  if (families.length === 0) findings.refuse('invalid-value', path, { because: 'empty' });
  families.forEach((family, i) => {
    if (family !== undefined && families.indexOf(family) < i) {
      findings.refuse('duplicate-value', [...path, i], { allowed: `${formatFamily(family)} once` });
    }
  });
}

/** RFC 8212: one warning for all neighbors that lack the same. 500 warnings would hide everything else. */
function warnAboutPolicy(raw: RawConfig, findings: Findings): void {
  for (const [missing, what] of [
    ['import and export', 'imports and exports nothing'],
    ['import', 'imports nothing'],
    ['export', 'exports nothing'],
  ] as const) {
    const concerned = (raw.neighbors ?? []).flatMap((own, i) => {
      if (own?.address === undefined) return [];
      const neighbor = effective(raw, own);
      const lacks = [neighbor.importPolicy === undefined ? 'import' : '', neighbor.exportPolicy === undefined ? 'export' : ''];
      const isMissing = lacks.filter((direction) => direction !== '').join(' and ') === missing;
      return isMissing && (relationOf(neighbor, ownAs(raw)) ?? 'internal') !== 'internal' ? [i] : [];
    });
    const first = concerned[0];
    if (first === undefined) continue;
    const others = concerned.length === 1 ? '' : ` (and ${concerned.length - 1} more)`;
    const key = missing === 'import and export' ? 'policy' : missing;
    const text = `eBGP without ${missing} policy ${what} (RFC 8212)${others}; write "${key}: accept-all" or "${key}: deny-all" there or in defaults`;
    findings.warn('no-policy', ['neighbors', first], text, ['neighbors', first, 'address']);
  }
}
