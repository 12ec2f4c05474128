/** tsbgp.v1.NeighborConfig from and to the control plane's configuration, field by field, by the rows of keys/neighbor-keys.ts. */
import { clearField, create, type DescField, isFieldSet, type MessageInitShape } from '@bufbuild/protobuf';
import { type NeighborConfig as ConfigMessage, NeighborConfigSchema } from '@tsbgp/api';
import { assert, type Family, formatFamily, parseFamily } from '@tsbgp/wire';
import { invalidArgument } from '../../control-error.ts';
import { type Descriptor, type Field, Refusal } from '../../keys/fields.ts';
import { apiField } from '../../keys/neighbor-api.ts';
import { NEIGHBOR_FIELDS, NEIGHBOR_KEYS, type NeighborConfig, type NeighborField } from '../../keys/neighbor-keys.ts';
import { completeNeighbor } from '../../keys/neighbor-layers.ts';
import { quote } from '../../quote.ts';

/** Characters of a text whose row has no bound of its own: a name, an identifier. */
const TEXT_MAX = 255;

interface Mapped {
  readonly field: NeighborField;
  readonly value: Descriptor;
  readonly message: DescField;
}

const MAPPED: readonly Mapped[] = NEIGHBOR_FIELDS.map((field) => {
  const message = NeighborConfigSchema.fields.find(({ name }) => name === apiField(field));
  assert(message !== undefined, `tsbgp.v1.NeighborConfig has no field ${apiField(field)}`);
  return { field, value: NEIGHBOR_KEYS[field].value, message };
});

/** With defaults filled in for fields that the message does not set. Throws ControlError `invalid-argument`. */
export function neighborConfig(message: ConfigMessage): NeighborConfig {
  if (message.remoteAs === 0) throw invalidArgument('neighbor.remote_as', 'found 0, allowed 1 to 4294967295');
  const set = MAPPED.filter((row) => isFieldSet(message, row.message));
  const values = set.map(({ field, value, message: { localName, name } }) => {
    return [field, valueOf(value, message[localName as keyof ConfigMessage], `neighbor.${name}`)] as const;
  });
  return completeNeighbor({ address: message.address, ...Object.fromEntries(values) });
}

/** What a message sets, as it goes into the file: of the named fields, or of all; undefined for those that it does not set. */
export function writtenFields(message: ConfigMessage, fields: readonly string[]): Map<NeighborField, unknown> {
  const rows = MAPPED.filter(
    (row) => row.field !== 'address' && (fields.length === 0 ? !isKept(row, message) : fields.includes(row.message.name)),
  );
  const values = rows.map(({ field, value, message: descriptor }) => {
    const isSet = isFieldSet(message, descriptor);
    const path = `neighbor.${descriptor.name}`;
    return [field, isSet ? valueOf(value, message[descriptor.localName as keyof ConfigMessage], path) : undefined] as const;
  });
  return new Map(values);
}

/** A configuration with the named fields of a message; without names, with all of them. Throws ControlError `invalid-argument`. */
export function changedConfig(config: NeighborConfig, message: ConfigMessage, fields: readonly string[]): NeighborConfig {
  if (fields.length === 0) return { ...neighborConfig(message), ...secretsOf(config, (row) => isKept(row, message)) };
  const rows = fields.map((path) => {
    const row = MAPPED.find(({ message: { name } }) => name === path);
    if (row !== undefined && row.field !== 'address') return row;
    const allowed = MAPPED.filter(({ field }) => field !== 'address').map(({ message: { name } }) => name);
    throw invalidArgument('fields', `found ${quote(path)}, allowed are ${allowed.join(', ')}`);
  });
  const named = create(NeighborConfigSchema, configMessage(config));
  for (const { message: field } of rows) {
    if (isFieldSet(message, field)) Object.assign(named, { [field.localName]: message[field.localName as keyof ConfigMessage] });
    else clearField(named, field);
  }
  return { ...neighborConfig(named), ...secretsOf(config, (row) => !fields.includes(row.message.name)) };
}

/** Nobody can read a secret back: one that the message does not have stays, unless its field is named. */
function isKept(row: Mapped, message: ConfigMessage): boolean {
  return isSecret(row.value) && !isFieldSet(message, row.message);
}

function secretsOf(config: NeighborConfig, isMeant: (row: Mapped) => boolean): Partial<NeighborConfig> {
  return Object.fromEntries(MAPPED.filter((row) => isSecret(row.value) && isMeant(row)).map(({ field }) => [field, config[field]]));
}

function isSecret(row: Descriptor): boolean {
  return row.kind === 'field' && row.shape.type === 'secret';
}

/** Every field that has a value, without secrets. */
export function configMessage(config: NeighborConfig): MessageInitShape<typeof NeighborConfigSchema> {
  return Object.fromEntries(
    MAPPED.filter(({ field, value }) => config[field] !== undefined && !isSecret(value)).map(({ field, value, message }) => {
      return [message.localName, messageValue(value, config[field])];
    }),
  );
}

/** The value as a message carries it. */
function messageValue(row: Descriptor, value: unknown): unknown {
  if (row.kind === 'list' && Array.isArray(value)) return value.map((item: unknown) => messageValue(row.item, item));
  return row.kind === 'field' && row.shape.type === 'family' ? formatFamily(value as Family) : value;
}

/** The value that a message carries, in the control plane's type. */
function valueOf(row: Descriptor, value: unknown, path: string): unknown {
  if (row.kind === 'list' && Array.isArray(value)) return value.map((item, i) => valueOf(row.item, item, `${path}[${i}]`));
  if (row.kind !== 'field' || typeof value !== 'string') return value;
  const { type, max, values = [] } = row.shape;
  if (type === 'family') return namedFamily(value, path);
  if (type === 'secret') return secret(row, value, path);
  if (type === 'text') return line(value, path, max ?? TEXT_MAX);
  if (type !== 'choice' || values.includes(value)) return value;
  throw invalidArgument(path, `found ${quote(value)}, allowed are ${values.map(quote).join(' and ')}`);
}

function secret(row: Field<unknown>, value: string, path: string): unknown {
  const read = row.check(value);
  if (read instanceof Refusal)
    throw invalidArgument(path, `found a value that is not shown, allowed is ${row.words.allowed.split(',')[0]}`);
  return read;
}

/** Throws ControlError `invalid-argument`. */
export function namedFamily(name: string, field: string): Family {
  const family = parseFamily(name);
  if (family === undefined) throw invalidArgument(field, `found ${quote(name)}, allowed is a family, e.g. "ipv4-unicast"`);
  return family;
}

/** Text for listings and logs: one line without the control characters that a terminal would obey. Throws ControlError `invalid-argument`. */
export function line(text: string, field: string, lengthMax: number): string {
  if (text.length <= lengthMax && !/[\p{Cc}\u2028\u2029]/u.test(text)) return text;
  throw invalidArgument(
    field,
    `found ${quote(text)}, allowed is a text of at most ${lengthMax} characters in one line without control characters`,
  );
}
