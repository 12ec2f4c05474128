/** `tsbgp neighbor add`: an option for each key of a neighbor. */
import { type Command, Option } from 'commander';
import type { Invocation } from '../invocation.ts';
import { FIELD_ROWS, KEY_ROWS, type KeyOption, type KeyRow, type NeighborRequest } from '../neighbor-config.ts';
import { address, asNumber, familyName, integer, listOf } from '../values.ts';
import type { NeighborView } from '../views/neighbor.ts';

/** By the names that commander gives to options. */
type Options = Readonly<Record<string, unknown>>;

export function addCommand(neighbor: Command, invocation: Invocation): void {
  const add = neighbor
    .command('add')
    .description('add a neighbor; the session starts at once')
    .argument('<address>', 'its address', address);
  for (const row of ROWS) add.addOption(optionOf(row));
  add.action(async (where: string, options: Options) => {
    const request = requestOf(where, options);
    const added = await invocation.ask((daemon) => daemon.addNeighbor(request));
    if (invocation.isJson) return invocation.printJson(added);
    await invocation.done(`neighbor ${added.address} AS ${added.remoteAs} added`);
    await invocation.print(...withoutPolicy(added, request).map((line) => `  ${invocation.style('yellow', line)}`));
  });
}

type OptionRow = KeyRow & { readonly option: KeyOption };

/** Fields in the order of the message, each shorthand before the first field that it sets. */
const ROWS: readonly OptionRow[] = FIELD_ROWS.flatMap((row) => [...KEY_ROWS.filter(({ sets }) => sets?.[0] === row.name), row]).filter(
  (row): row is OptionRow => row.option !== undefined,
);

function optionOf(row: OptionRow): Option {
  const { type, option: described, sets = [] } = row;
  const option = new Option(described.flags, described.help).makeOptionMandatory(described.required === true);
  if (row.values !== undefined) option.choices(row.values);
  if (type === 'as-number') option.argParser(asNumber);
  if (type === 'address') option.argParser(address);
  if (type === 'integer') option.argParser(integer(row.min!, row.max!, row.example!));
  if (type === 'family') option.argParser(listOf(familyName));
  return option.conflicts(ROWS.filter(({ name }) => sets.some((field) => field === name)).map(attribute));
}

/** The name of a row's option in what commander hands to the action. */
function attribute({ option }: OptionRow): string {
  return new Option(option.flags).attributeName();
}

function requestOf(where: string, options: Options): NeighborRequest {
  const written: Record<string, unknown> = {};
  for (const row of ROWS) {
    const value = options[attribute(row)];
    if (value === undefined) continue;
    for (const name of row.sets ?? [row.name]) written[name] = row.option.negated === true ? false : value;
  }
  // The parsers of the options return the types of the fields; --as is required.
  return { address: where, ...written } as unknown as NeighborRequest;
}

/** RFC 8212: an external neighbor without a policy exchanges no routes. Whoever does not know the RFC would not expect that. */
function withoutPolicy(added: NeighborView, request: NeighborRequest): string[] {
  const noImport = request.importPolicy === undefined && added.importPolicy === 'deny-all';
  const noExport = request.exportPolicy === undefined && added.exportPolicy === 'deny-all';
  if (!noImport && !noExport) return [];
  const what = noImport && noExport ? 'imports and exports nothing' : noImport ? 'imports nothing' : 'exports nothing';
  const option = noImport && noExport ? '--policy' : noImport ? '--import' : '--export';
  return [`eBGP without policy ${what} (RFC 8212)`, `to change that, delete it and add it again with ${option} accept-all`];
}
