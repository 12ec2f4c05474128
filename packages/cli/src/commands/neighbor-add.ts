/** `tsbgp neighbor add` and `set`: an option for each key of a neighbor. */
import { NeighborConfigSchema } from '@tsbgp/api';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { usageError } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { configMessage, FIELD_ROWS, KEY_ROWS, type KeyOption, type KeyRow, type NeighborRequest } from '../neighbor-config.ts';
import { address, asNumber, familyName, familyNumbers, integer, listOf } from '../values.ts';
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

export function setCommand(neighbor: Command, invocation: Invocation): void {
  const set = neighbor
    .command('set')
    .description('change a neighbor; its session stays where it can')
    .argument('<neighbor>', 'its address', address);
  for (const row of ROWS) set.addOption(optionOf(row).makeOptionMandatory(false));
  set.addOption(new Option('--unset <keys>', 'back to the default: names of options, with commas between').argParser(listOf(fieldsOf)));
  set.option('--reset-session', 'reset the session where the change needs that');
  set.action(async (where: string, { unset = [], resetSession = false, ...options }: Options & SetOptions) => {
    const written = writtenBy(options);
    const names = [...Object.keys(written), ...unset.flat()];
    if (names.length === 0) throw usageError('neighbor set: nothing to change', `for example: tsbgp neighbor set ${where} --hold-time 30`);
    const both = unset.flat().find((name) => name in written);
    if (both !== undefined) throw usageError(`neighbor set: ${both} is both set and unset`, 'leave one of them out');
    const paths = names.map((name) => messageField(name));
    const request = { neighbor: configMessage({ address: where, ...written }), fields: { paths }, resetSession };
    const { touched } = await invocation.call((client, callOptions) => client.neighbors.changeNeighbor(request, callOptions));
    if (invocation.isJson) return invocation.printJson({ touched });
    await invocation.done(`neighbor ${where} changed: ${consequence(touched)}`);
  });
}

interface SetOptions {
  readonly unset?: readonly (readonly string[])[];
  readonly resetSession?: boolean;
}

function consequence(touched: readonly string[]): string {
  if (touched.includes('session')) return 'the session is reset';
  const sides = [
    ...(touched.includes('import') ? ['its routes are judged again'] : []),
    ...(touched.includes('export') ? ['it is sent the difference'] : []),
  ];
  return sides.length === 0 ? 'nothing that runs depends on it' : `the session stays, ${sides.join(', ')}`;
}

/** The fields that an option sets, by its name without the dashes. */
function fieldsOf(name: string): readonly string[] {
  const row = ROWS.find((each) => optionName(each) === name);
  if (row !== undefined) return row.sets ?? [row.name];
  throw new InvalidArgumentError(`Allowed: ${ROWS.map(optionName).join(', ')}, e.g. hold-time.`);
}

function optionName({ option }: OptionRow): string {
  return new Option(option.flags).name();
}

/** The field of tsbgp.v1.NeighborConfig as a mask names it. */
function messageField(name: string): string {
  const { message } = FIELD_ROWS.find((row) => row.name === name)!;
  return NeighborConfigSchema.fields.find(({ localName }) => localName === message)!.name;
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
  if (type === 'family-numbers') option.argParser(familyNumbers(row.min!, row.max!));
  if (type === 'family') option.argParser(listOf(familyName));
  if (type === 'text' && row.list === true) option.argParser(listOf((word) => word));
  return option.conflicts(ROWS.filter(({ name }) => sets.some((field) => field === name)).map(attribute));
}

/** The name of a row's option in what commander hands to the action. */
function attribute({ option }: OptionRow): string {
  return new Option(option.flags).attributeName();
}

function requestOf(where: string, options: Options): NeighborRequest {
  // --as is required.
  return { address: where, ...writtenBy(options) } as unknown as NeighborRequest;
}

/** The fields that are written on the command line. The parsers of the options return the types of the fields. */
function writtenBy(options: Options): Partial<NeighborRequest> {
  const written: Record<string, unknown> = {};
  for (const row of ROWS) {
    const value = options[attribute(row)];
    if (value === undefined) continue;
    for (const name of row.sets ?? [row.name]) written[name] = row.option.negated === true ? false : value;
  }
  return written;
}

/** RFC 8212: an external neighbor without a policy exchanges no routes. Whoever does not know the RFC would not expect that. */
function withoutPolicy(added: NeighborView, request: NeighborRequest): string[] {
  const noImport = request.importPolicy === undefined && added.importPolicy === 'deny-all';
  const noExport = request.exportPolicy === undefined && added.exportPolicy === 'deny-all';
  if (!noImport && !noExport) return [];
  const what = noImport && noExport ? 'imports and exports nothing' : noImport ? 'imports nothing' : 'exports nothing';
  const option = noImport && noExport ? '--policy' : noImport ? '--import' : '--export';
  return [`eBGP without policy ${what} (RFC 8212)`, `to change that: tsbgp neighbor set ${added.address} ${option} accept-all`];
}
