/** The section `mrt`: MRT files that the daemon writes. */
import { dirname, resolve } from 'node:path';
import { type Descriptor, integer, Refusal, type Section, section, text } from '../keys/fields.ts';
import { patternFault } from '../keys/file-pattern.ts';
import { MRT_ROTATE_MINUTES_DEFAULT, MRT_TABLES_MINUTES_DEFAULT, type MrtConfig } from '../mrt-control.ts';

export interface RawMrt {
  tables?: { file?: string; every?: number; keep?: number };
  messages?: { file?: string; rotate?: number; keep?: number };
}

const file = (name: string): Descriptor<string> =>
  text(
    {
      allowed: 'a path, absolute or from the folder of this file, with %Y, %m, %d, %H, %M or %S in the name',
      example: `file: /var/lib/tsbgp/${name}.mrt.gz`,
      about: 'The files. %Y, %m, %d, %H, %M and %S are the time in UTC, %% is %. With .gz at the end they are packed. The folder is made.',
    },
    (value) => {
      const because = patternFault(value);
      return because === undefined ? value : new Refusal('invalid-value', because);
    },
  );

const keep = integer(
  {
    allowed: '0 to 100000',
    example: 'keep: 48',
    about: 'So many files stay. Of those with such a name the oldest ones are removed after each new one. 0: all stay.',
    standard: '0',
  },
  0,
  100_000,
);

export const MRT: Section<RawMrt> = section(
  {
    allowed: 'a mapping with tables and messages',
    example: 'mrt: { tables: { file: /var/lib/tsbgp/rib.%Y%m%d.%H%M.mrt.gz } }',
    about: 'MRT files (RFC 6396) of what was received: see docs/mrt-bmp.md.',
    standard: 'none',
  },
  {
    tables: section(
      {
        allowed: 'a mapping with file, every and keep',
        example: 'tables: { file: /var/lib/tsbgp/rib.%Y%m%d.%H%M.mrt.gz, every: 60 }',
        about: 'Files with all routes of all neighbors as TABLE_DUMP_V2.',
        standard: 'none',
      },
      {
        file: file('rib.%Y%m%d.%H%M'),
        every: integer(
          {
            allowed: '0 to 1440 minutes',
            example: 'every: 60',
            about: 'A file is written at multiples of this time in UTC. 0: only on demand, with `tsbgp mrt dump`.',
            standard: String(MRT_TABLES_MINUTES_DEFAULT),
          },
          0,
          1440,
        ),
        keep,
      },
    ),
    messages: section(
      {
        allowed: 'a mapping with file, rotate and keep',
        example: 'messages: { file: /var/lib/tsbgp/updates.%Y%m%d.%H%M.mrt.gz }',
        about: 'Files with all messages that are received and sent, and all changes of states, as BGP4MP_ET.',
        standard: 'none',
      },
      {
        file: file('updates.%Y%m%d.%H%M'),
        rotate: integer(
          {
            allowed: '1 to 1440 minutes',
            example: 'rotate: 15',
            about: 'A new file begins at multiples of this time in UTC.',
            standard: String(MRT_ROTATE_MINUTES_DEFAULT),
          },
          1,
          1440,
        ),
        keep,
      },
    ),
  },
);

/** `raw` passed the rules. `configFile`: paths begin at its folder. */
export function mrtConfig(raw: RawMrt | undefined, configFile: string): MrtConfig {
  const path = (name: string | undefined): string => resolve(dirname(configFile), name!);
  const { tables, messages } = raw ?? {};
  return {
    tables: tables && { file: path(tables.file), everyMinutes: tables.every ?? MRT_TABLES_MINUTES_DEFAULT, keep: tables.keep ?? 0 },
    messages: messages && {
      file: path(messages.file),
      rotateMinutes: messages.rotate ?? MRT_ROTATE_MINUTES_DEFAULT,
      keep: messages.keep ?? 0,
    },
  };
}
