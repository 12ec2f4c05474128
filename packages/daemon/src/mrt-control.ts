/** What the API and the metrics know of the MRT files that the daemon writes. */
import { ControlError } from './control-error.ts';

/** The section `mrt` of the configuration. */
export interface MrtConfig {
  /** Undefined: no tables are written. */
  readonly tables: MrtTablesConfig | undefined;
  /** Undefined: no messages are written. */
  readonly messages: MrtMessagesConfig | undefined;
}

export interface MrtMessagesConfig {
  /** As that of tables. */
  readonly file: string;
  /** A new file begins at multiples of this time. */
  readonly rotateMinutes: number;
  readonly keep: number;
}

/** @default of `mrt.messages.rotate` */
export const MRT_ROTATE_MINUTES_DEFAULT = 5;

export interface MrtMessagesState {
  /** Undefined: no messages are configured. */
  readonly config: MrtMessagesConfig | undefined;
  /** The file that is written, without `.new`. Undefined: none is open. */
  readonly path: string | undefined;
  readonly records: number;
  /** Files that are whole, and files that could not be written. */
  readonly files: number;
  readonly failures: number;
  /** Records left out as the disk was too slow, or as no file was open. */
  readonly droppedOctets: number;
  readonly lastError: string | undefined;
}

export interface MrtTablesConfig {
  /** Absolute; the name has %Y, %m, %d, %H, %M and %S for the time of the dump in UTC. With `.gz` at its end it is packed. */
  readonly file: string;
  /** 0: only on demand. */
  readonly everyMinutes: number;
  /** Files that stay, the newest ones. 0: all. */
  readonly keep: number;
}

/** @default of `mrt.tables.every` */
export const MRT_TABLES_MINUTES_DEFAULT = 120;

/** A dump that was written. */
export interface MrtDump {
  readonly path: string;
  readonly startedAt: Date;
  readonly seconds: number;
  /** Peers of the peer index table, with ourselves. */
  readonly peers: number;
  /** RIB records: a prefix each, or a path of a family whose NLRI are no plain prefixes. */
  readonly records: number;
  readonly routes: number;
  /** Before packing, and in the file. */
  readonly octets: number;
  readonly fileOctets: number;
}

export interface MrtTablesState {
  /** Undefined: no tables are configured. */
  readonly config: MrtTablesConfig | undefined;
  readonly isRunning: boolean;
  readonly dumps: number;
  readonly failures: number;
  readonly nextAt: Date | undefined;
  readonly last: MrtDump | undefined;
  /** Why the last dump failed; undefined where it did not. */
  readonly lastError: string | undefined;
}

export interface MrtControl {
  /** Writes the tables to a file now; of calls while one is written, all get that one. Rejects with ControlError. */
  dumpTables(): Promise<MrtDump>;
  tables(): MrtTablesState;
  messages(): MrtMessagesState;
}

/** Where no file is configured. */
export const NO_MRT: MrtControl = {
  dumpTables: () => Promise.reject(noTables()),
  tables: () => ({ config: undefined, isRunning: false, dumps: 0, failures: 0, nextAt: undefined, last: undefined, lastError: undefined }),
  messages: () => ({ config: undefined, path: undefined, records: 0, files: 0, failures: 0, droppedOctets: 0, lastError: undefined }),
};

export function noTables(): ControlError {
  const example = 'mrt: { tables: { file: /var/lib/tsbgp/rib.%Y%m%d.%H%M.mrt.gz } }';
  return new ControlError('failed-precondition', '', `no tables are written: the configuration has no mrt.tables; e.g. "${example}"`);
}
