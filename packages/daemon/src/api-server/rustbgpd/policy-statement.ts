/**
 * Policies of rustbgpd.v1 as policies of the configuration file. The first statement that matches decides: deny rejects, and permit goes on with the
 * next policy, as every policy of a chain must permit.
 */
import type { rustbgpd } from '@tsbgp/api';
import { invalidArgument } from '../../control-error.ts';
import { quote } from '../../quote.ts';

type Statement = Readonly<Record<string, unknown>>;

/** A value of the section `policies`. Throws ControlError `invalid-argument`. */
export function writtenPolicy({ defaultAction, statements }: rustbgpd.PolicyDefinition): Statement {
  if (!['', 'permit', 'deny'].includes(defaultAction)) {
    throw invalidArgument('definition.default_action', `found ${quote(defaultAction)}, allowed are "permit" and "deny"`);
  }
  return {
    default: defaultAction === 'deny' ? 'reject' : 'next-policy',
    statements: statements.map((statement, i) => writtenStatement(statement, `definition.statements[${i}]`)),
  };
}

function writtenStatement(statement: rustbgpd.PolicyStatement, place: string): Statement {
  const { action } = statement;
  if (action !== 'permit' && action !== 'deny') {
    throw invalidArgument(`${place}.action`, `found ${quote(action)}, allowed are "permit" and "deny"`);
  }
  const match = matchOf(statement, place);
  if (Object.keys(match).length === 0) throw invalidArgument(place, 'a statement needs a condition');
  const set = setOf(statement);
  const isChange = Object.keys(set).length > 0;
  if (isChange && action === 'deny') throw invalidArgument(place, 'a statement that denies changes nothing: set_… is for permit');
  return { match, ...(isChange && { set }), action: action === 'deny' ? 'reject' : 'next-policy' };
}

const RPKI: Readonly<Record<string, string>> = { valid: 'valid', invalid: 'invalid', not_found: 'not-found' };

function matchOf(statement: rustbgpd.PolicyStatement, place: string): Statement {
  const { prefix, ge, le, matchCommunity, matchRpkiValidation } = statement;
  if (prefix === undefined && (ge ?? le) !== undefined)
    throw invalidArgument(place, 'ge and le are lengths inside of a prefix, which is missing');
  const lengths = `${ge === undefined ? '' : ` ge ${ge}`}${le === undefined ? '' : ` le ${le}`}`;
  if (matchRpkiValidation !== undefined && RPKI[matchRpkiValidation] === undefined) {
    const found = `found ${quote(matchRpkiValidation)}, allowed are "valid", "invalid", "not_found"`;
    throw invalidArgument(`${place}.match_rpki_validation`, found);
  }
  return present({
    prefix: prefix === undefined ? undefined : `${prefix}${lengths}`,
    communities: matchCommunity.length === 0 ? undefined : matchCommunity.map(communityText),
    'as-path': statement.matchAsPath,
    'as-path-length': range(statement.matchAsPathLengthGe, statement.matchAsPathLengthLe),
    rov: matchRpkiValidation === undefined ? undefined : RPKI[matchRpkiValidation],
    aspa: statement.matchAspaValidation,
    neighbor: statement.matchNeighborSet === undefined ? undefined : { set: statement.matchNeighborSet },
    'route-type': statement.matchRouteType,
    'local-preference': range(statement.matchLocalPrefGe, statement.matchLocalPrefLe),
    med: range(statement.matchMedGe, statement.matchMedLe),
    'next-hop': statement.matchNextHop,
  });
}

function setOf(statement: rustbgpd.PolicyStatement): Statement {
  const { setCommunityAdd, setCommunityRemove, setAsPathPrepend } = statement;
  const communities = present({
    remove: setCommunityRemove.length === 0 ? undefined : setCommunityRemove.map(communityText),
    add: setCommunityAdd.length === 0 ? undefined : setCommunityAdd.map(communityText),
  });
  return present({
    'local-preference': statement.setLocalPref,
    med: statement.setMed,
    communities: Object.keys(communities).length === 0 ? undefined : communities,
    'as-path': setAsPathPrepend && { prepend: { as: setAsPathPrepend.asn, count: setAsPathPrepend.count } },
    'next-hop': statement.setNextHop,
  });
}

/** `RT:65000:1` is rt:65000:1 here, `LC:65000:1:2` is 65000:1:2, `NO_EXPORT` is no-export. */
function communityText(text: string): string {
  return /^[A-Z_]+$/.test(text)
    ? text.toLowerCase().replaceAll('_', '-')
    : text.replace(/^LC:/, '').replace(/^R[TO]:/, (kind) => kind.toLowerCase());
}

function range(min: number | undefined, max: number | undefined): Statement | undefined {
  return (min ?? max) === undefined ? undefined : present({ min, max });
}

function present(entries: Statement): Statement {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}
