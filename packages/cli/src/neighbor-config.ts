/**
 * The configuration of a neighbor in the names of this program (`holdTimeSeconds`), to and from tsbgp.v1.NeighborConfig (`holdTime`). Fields and
 * names come from the generated table.
 */
import { type NeighborConfig, NeighborConfigSchema } from '@tsbgp/api';
import { NEIGHBOR_KEYS } from './gen/neighbor-keys.ts';

type Row = (typeof NEIGHBOR_KEYS)[number];
type FieldRow = Extract<Row, { readonly message: string }>;
type Value<T> = T extends readonly (infer Item)[] ? readonly Item[] : T;

export type NeighborConfigView = { readonly [Key in FieldRow as Key['name']]: Value<NeighborConfig[Key['message']]> };
export type NeighborFieldName = keyof NeighborConfigView;

/** A neighbor to add. An absent field gets the daemon's default. */
export type NeighborRequest = Pick<NeighborConfigView, 'address' | 'remoteAs'> & {
  readonly [Name in NeighborFieldName]?: NeighborConfigView[Name] | undefined;
};

/** Every property that at least one alternative of the union T has. Each is optional. */
type Some<T> = { readonly [Key in T extends unknown ? keyof T : never]?: T extends { readonly [K in Key]: infer V } ? V : never };

/** A row of the table: it has the properties that every row has, and perhaps those that only some rows have. */
export type KeyRow = Pick<Row, 'name' | 'key' | 'type'> & Omit<Some<Row>, 'option'> & { readonly option?: KeyOption };
export type KeyOption = Pick<Options, 'flags' | 'help'> & Some<Options>;
type Options = Extract<Row, { readonly option: object }>['option'];

/** In the order of the configuration file. */
export const KEY_ROWS: readonly KeyRow[] = NEIGHBOR_KEYS;

export type FieldKeyRow = KeyRow & Pick<FieldRow, 'name' | 'message'>;

const FIELDS: readonly FieldKeyRow[] = NEIGHBOR_KEYS.filter((row) => 'message' in row);

/** Those that are fields, in the order of the message. */
export const FIELD_ROWS: readonly FieldKeyRow[] = NeighborConfigSchema.fields.flatMap(({ localName }) =>
  FIELDS.filter(({ message }) => message === localName),
);

export const REMOTE_PORT_DEFAULT: number = Number(FIELDS.find(({ name }) => name === 'remotePort')?.default);

/** The value of a field; undefined where the configuration does not have it. */
export function fieldOf(config: Partial<NeighborConfigView>, { name }: FieldKeyRow): NeighborConfigView[NeighborFieldName] {
  return config[name];
}

export function configView(message: NeighborConfig): NeighborConfigView {
  // The table was made from the names of both.
  return Object.fromEntries(FIELD_ROWS.map((row) => [row.name, message[row.message]])) as unknown as NeighborConfigView;
}

/** Without the fields that are undefined. */
export function configMessage(request: Partial<NeighborRequest>): Partial<Pick<NeighborConfig, FieldRow['message']>> {
  const present = FIELD_ROWS.filter(({ name }) => request[name] !== undefined);
  return Object.fromEntries(present.map((row) => [row.message, request[row.name]]));
}
