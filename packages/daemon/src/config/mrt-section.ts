/** The section `mrt`: MRT files that the daemon writes. */
import { dirname, resolve } from 'node:path';
import { integer, Refusal, type Section, section, text } from '../keys/fields.ts';
import { patternFault } from '../keys/file-pattern.ts';
import { MRT_TABLES_MINUTES_DEFAULT, type MrtConfig } from '../mrt-control.ts';

export interface RawMrt {
  tables?: { file?: string; every?: number; keep?: number };
}

export const MRT: Section<RawMrt> = section(
  {
    allowed: 'a mapping with tables',
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
        file: text(
          {
            allowed: 'a path, absolute or from the folder of this file, with %Y, %m, %d, %H, %M or %S in the name',
            example: 'file: /var/lib/tsbgp/rib.%Y%m%d.%H%M.mrt.gz',
            about:
              'The files. %Y, %m, %d, %H, %M and %S are the time in UTC, %% is %. With .gz at the end they are packed. The folder is made.',
          },
          (value) => {
            const because = patternFault(value);
            return because === undefined ? value : new Refusal('invalid-value', because);
          },
        ),
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
        keep: integer(
          {
            allowed: '0 to 100000',
            example: 'keep: 48',
            about: 'So many files stay. Of those with such a name the oldest ones are removed after each dump. 0: all stay.',
            standard: '0',
          },
          0,
          100_000,
        ),
      },
    ),
  },
);

/** `raw` passed the rules. `configFile`: paths begin at its folder. */
export function mrtConfig(raw: RawMrt | undefined, configFile: string): MrtConfig {
  const tables = raw?.tables;
  if (tables === undefined) return { tables: undefined };
  const { file, every = MRT_TABLES_MINUTES_DEFAULT, keep = 0 } = tables;
  return { tables: { file: resolve(dirname(configFile), file!), everyMinutes: every, keep } };
}
