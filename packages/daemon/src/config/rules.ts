/**
 * Rules between keys that are each right alone. They run over whatever the schema accepted, so that one run reports everything.
 * Those about a neighbor are in neighbor-section.ts, those about routes of our own in own-rules.ts.
 */

import { ROLE_TIERS } from '../api-access.ts';
import { type Endpoint, formatEndpoint, isLoopback, overlaps } from '../endpoint.ts';
import type { Path } from '../keys/fields.ts';
import { tokenFaults } from './api-access.ts';
import { formatPath } from './config-error.ts';
import { Findings } from './findings.ts';
import { checkNeighborSections } from './neighbor-section.ts';
import { checkOwnSections } from './own-rules.ts';
import { checkPolicySections } from './policy-rules.ts';
import { checkProcesses } from './process-rules.ts';
import { checkRpkiSection, warnWithoutRpki } from './rpki-rules.ts';
import type { RawConfig } from './schema.ts';
import type { YamlSource } from './yaml-source.ts';

export function applyRules(source: YamlSource, raw: RawConfig): Findings {
  const findings = new Findings(source);
  listenersDiffer(raw, findings);
  confederationIsOne(raw, findings);
  checkNeighborSections(raw, findings);
  checkOwnSections(raw, findings);
  checkPolicySections(raw, findings, source.folder);
  checkRpkiSection(raw, findings);
  warnWithoutRpki(raw, findings);
  checkProcesses(raw.processes, findings);
  for (const [i, because] of tokenFaults(raw.api ?? {}, source.folder).entries()) {
    if (because !== undefined) findings.refuse('invalid-value', ['api', 'tokens', i, 'file'], { because });
  }
  const { tcp, role = 'admin' } = raw.api ?? {};
  if (tcp !== undefined && !isLoopback(tcp.host) && ROLE_TIERS[role].includes('change')) {
    const text = `the API answers on ${formatEndpoint(tcp)} without authentication: whoever reaches it may change everything; e.g. "tcp: 127.0.0.1:${tcp.port}", or "role: none" with tokens`;
    findings.warn('api-open', ['api', 'tcp'], text);
  }
  return findings;
}

function listenersDiffer(raw: RawConfig, findings: Findings): void {
  const claims: { path: Path; endpoint: Endpoint }[] = [];
  const claim = (endpoint: Endpoint | undefined, path: Path) => {
    if (endpoint === undefined) return;
    const other = claims.find((earlier) => overlaps(earlier.endpoint, endpoint));
    if (other === undefined) claims.push({ path, endpoint });
    else {
      const because = `${formatPath(other.path)} is ${formatEndpoint(other.endpoint)}`;
      findings.refuse('duplicate-value', path, { because, allowed: 'an address and port of its own' });
    }
  };
  raw.global?.listen?.forEach((endpoint, i) => claim(endpoint, ['global', 'listen', i]));
  claim(raw.api?.tcp, ['api', 'tcp']);
  claim(raw.http?.listen, ['http', 'listen']);
}

/** RFC 5065 §2: a confederation has a number of its own, and each AS in it another one. */
function confederationIsOne(raw: RawConfig, findings: Findings): void {
  const { as, confederation: { identifier, members = [] } = {} } = raw.global ?? {};
  const path: Path = ['global', 'confederation'];
  if (as !== undefined && identifier === as) {
    const rule = { because: 'global.as', allowed: 'a number of its own, which none of its members has' };
    findings.refuse('conflicting-keys', [...path, 'identifier'], rule);
  }
  members.forEach((member, i) => {
    const refuse = (because: string, allowed: string) => findings.refuse('duplicate-value', [...path, 'members', i], { because, allowed });
    if (member === undefined) return;
    if (member === as) refuse('global.as', 'the other ASes of the confederation');
    else if (member === identifier) refuse('the identifier of the confederation', 'the ASes in it');
    else if (members.indexOf(member) < i) refuse('it is there already', 'each AS once');
  });
}
