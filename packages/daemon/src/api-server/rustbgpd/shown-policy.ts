/**
 * A policy of the configuration file as a definition of rustbgpd.v1: the reverse of policy-statement.ts. Policies of the file have more forms; one with
 * a statement that has no form here is told without its definition.
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { rustbgpd } from '@tsbgp/api';

type Written = Readonly<Record<string, unknown>>;
type Definition = MessageInitShape<typeof rustbgpd.PolicyDefinitionSchema>;
type Statement = MessageInitShape<typeof rustbgpd.PolicyStatementSchema>;

const ACTIONS: Readonly<Record<string, string>> = { reject: 'deny', 'next-policy': 'permit' };

/** What has no form here. */
class Formless extends Error {}

export function shownPolicy(written: unknown): Definition | undefined {
  try {
    const { default: standard, statements, ...others } = mapping(written);
    nothingElse(others);
    return { defaultAction: word(ACTIONS, standard), statements: list(statements).map((each) => statementOf(mapping(each))) };
  } catch (error) {
    if (error instanceof Formless) return undefined;
    throw error;
  }
}

function statementOf({ match, set = {}, action, ...others }: Written): Statement {
  nothingElse(others);
  const found: Statement = { action: word(ACTIONS, action) };
  for (const [key, value] of Object.entries(mapping(match))) reader(CONDITIONS, key)(found, value);
  for (const [key, value] of Object.entries(mapping(set))) reader(CHANGES, key)(found, value);
  return found;
}

type Readers = Readonly<Record<string, (statement: Statement, value: unknown) => void>>;

const CONDITIONS: Readers = {
  prefix(statement, value) {
    const parts = /^(\S+)(?: ge (\d+))?(?: le (\d+))?$/.exec(text(value));
    if (parts === null) throw new Formless();
    statement.prefix = parts[1]!;
    if (parts[2] !== undefined) statement.ge = Number(parts[2]);
    if (parts[3] !== undefined) statement.le = Number(parts[3]);
  },
  communities: (statement, value) => void (statement.matchCommunity = list(value).map(communityText)),
  'as-path': (statement, value) => void (statement.matchAsPath = text(value)),
  'as-path-length': range('matchAsPathLengthGe', 'matchAsPathLengthLe'),
  rov: (statement, value) => void (statement.matchRpkiValidation = text(value).replace('-', '_')),
  aspa: (statement, value) => void (statement.matchAspaValidation = text(value)),
  neighbor(statement, value) {
    const { set, ...others } = mapping(value);
    nothingElse(others);
    statement.matchNeighborSet = text(set);
  },
  'route-type': (statement, value) => void (statement.matchRouteType = text(value)),
  'local-preference': range('matchLocalPrefGe', 'matchLocalPrefLe'),
  med: range('matchMedGe', 'matchMedLe'),
  'next-hop': (statement, value) => void (statement.matchNextHop = text(value)),
};

const CHANGES: Readers = {
  'local-preference': (statement, value) => void (statement.setLocalPref = number(value)),
  med: (statement, value) => void (statement.setMed = number(value)),
  communities(statement, value) {
    const { add = [], remove = [], ...others } = mapping(value);
    nothingElse(others);
    statement.setCommunityAdd = list(add).map(communityText);
    statement.setCommunityRemove = list(remove).map(communityText);
  },
  'as-path'(statement, value) {
    const { prepend, ...others } = mapping(value);
    const { as, count, ...rest } = mapping(prepend);
    nothingElse({ ...others, ...rest });
    statement.setAsPathPrepend = { asn: number(as), count: number(count) };
  },
  'next-hop': (statement, value) => void (statement.setNextHop = text(value)),
};

type NumberField = { [Key in keyof Statement]-?: NonNullable<Statement[Key]> extends number ? Key : never }[keyof Statement];

function range(min: NumberField, max: NumberField): Readers[string] {
  return (statement, value) => {
    const { min: least, max: most, ...others } = mapping(value);
    nothingElse(others);
    if (least !== undefined) Object.assign(statement, { [min]: number(least) });
    if (most !== undefined) Object.assign(statement, { [max]: number(most) });
  };
}

/** rt:65000:1 is `RT:65000:1`, 65000:1:2 is `LC:65000:1:2`, no-export is `NO_EXPORT`. */
function communityText(value: unknown): string {
  const found = text(value);
  if (/^\d+:\d+$/.test(found)) return found;
  if (/^\d+:\d+:\d+$/.test(found)) return `LC:${found}`;
  if (/^r[to]:/.test(found)) return found.replace(/^r[to]/, (kind) => kind.toUpperCase());
  if (/^[a-z-]+$/.test(found)) return found.toUpperCase().replaceAll('-', '_');
  throw new Formless();
}

function reader(readers: Readers, key: string): Readers[string] {
  if (!Object.hasOwn(readers, key)) throw new Formless();
  return readers[key]!;
}

function word(words: Readonly<Record<string, string>>, value: unknown): string {
  const found = typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : undefined;
  if (found === undefined) throw new Formless();
  return found;
}

function mapping(value: unknown): Written {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Formless();
  return value as Written;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Formless();
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Formless();
  return value;
}

function number(value: unknown): number {
  if (typeof value !== 'number') throw new Formless();
  return value;
}

function nothingElse(others: Written): void {
  if (Object.keys(others).length > 0) throw new Formless();
}
