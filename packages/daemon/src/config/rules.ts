/**
 * Rules between keys that are each right alone. They run over whatever the schema accepted, so that one run reports everything.
 * Those about a neighbor are in neighbor-section.ts, those about routes of our own in own-rules.ts.
 */
import { type Endpoint, formatEndpoint, isLoopback, overlaps } from '../endpoint.ts';
import type { Path } from '../keys/fields.ts';
import { formatPath } from './config-error.ts';
import { Findings } from './findings.ts';
import { checkNeighborSections } from './neighbor-section.ts';
import { checkOwnSections } from './own-rules.ts';
import type { RawConfig } from './schema.ts';
import type { YamlSource } from './yaml-source.ts';

export function applyRules(source: YamlSource, raw: RawConfig): Findings {
  const findings = new Findings(source);
  listenersDiffer(raw, findings);
  checkNeighborSections(raw, findings);
  checkOwnSections(raw, findings);
  const { tcp } = raw.api ?? {};
  if (tcp !== undefined && !isLoopback(tcp.host)) {
    const text = `the API answers on ${formatEndpoint(tcp)} without authentication: whoever reaches it may do everything; e.g. "tcp: 127.0.0.1:${tcp.port}"`;
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
