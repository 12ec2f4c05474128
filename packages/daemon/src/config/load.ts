/** Makes a `DaemonConfig` of a file: reads, parses and validates it, applies the rules, and fills in the defaults. */
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PolicySections, SetFileUse } from '@tsbgp/policy';
import { SetFiles } from '@tsbgp/policy/node';
import type { ApiAccess } from '../api-access.ts';
import type { Endpoint, NeighborConfig } from '../control-plane.ts';
import { completeDecision, type DecisionConfig } from '../keys/decision-keys.ts';
import { completeNeighbor } from '../keys/neighbor-layers.ts';
import type { Confederation } from '../keys/own-as.ts';
import type { MrtConfig } from '../mrt-control.ts';
import type { OwnConfig } from '../own-config.ts';
import { scriptHashes } from '../policy/script-sources.ts';
import type { DaemonProcessConfig } from '../process-config.ts';
import type { RpkiConfig } from '../rpki-config.ts';
import { accessOf } from './api-access.ts';
import { ConfigError, ConfigRejected, type ConfigWarning } from './config-error.ts';
import { API_MODE_DEFAULT, LISTEN_DEFAULT, LOG_FORMAT_DEFAULT, LOG_LEVEL_DEFAULT, RESTART_DEFERRAL_DEFAULT } from './defaults.ts';
import { mrtConfig } from './mrt-section.ts';
import { effective, ownAs } from './neighbor-section.ts';
import { ownConfig } from './own-values.ts';
import { processConfigs } from './process-sections.ts';
import { rpkiConfig } from './rpki-rules.ts';
import { applyRules } from './rules.ts';
import { type LogFormat, type LogLevel, type RawConfig } from './schema.ts';
import { validate } from './validate.ts';
import { YamlSource } from './yaml-source.ts';

/** 500 neighbors written at length are 100 KiB. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;

/** The configuration as the daemon uses it: checked, with defaults filled in, in the types of the control plane. */
export interface DaemonConfig {
  /** The name from the command line. */
  readonly file: string;
  readonly global: {
    readonly as: number;
    readonly routerId: string;
    readonly listen: readonly Endpoint[];
    /** The file does not have `listen`. Then one of the default addresses is enough. */
    readonly listenIsDefault: boolean;
    readonly decision: DecisionConfig;
    /** Undefined: the router ID. */
    readonly clusterId?: string;
    readonly confederation?: Confederation;
    /** Undefined: beside the socket of the API. 'none': there is none. */
    readonly restartFile?: string;
    readonly restartDeferralSeconds: number;
  };
  readonly neighbors: readonly NeighborConfig[];
  /** Routes of our own, and pacing. */
  readonly own: OwnConfig;
  /** Programs that speak the process API. */
  readonly processes: readonly DaemonProcessConfig[];
  /** The sections, with the sets of files in the place of their names. The policies were read without a problem. */
  readonly policy: PolicySections;
  readonly setFiles: SetFileConfig;
  readonly rpki: RpkiConfig;
  readonly mrt: MrtConfig;
  /** Policies in TypeScript: name -> hash of the file. */
  readonly policyScripts: Readonly<Record<string, string>>;
  readonly api: {
    /** Undefined: the default path. 'none': no socket. */
    readonly unixSocket: string | undefined;
    readonly mode: number;
    readonly tcp: Endpoint | undefined;
    /** Changes of neighbors through the API are written to the file. */
    readonly writeBack: boolean;
    /** What TCP clients may do. */
    readonly access: ApiAccess;
    /** Host names that TCP clients may send, besides the loopback names and the listener's address. */
    readonly hosts: readonly string[];
  };
  /** Without `hosts`, any host name is accepted, except on a loopback address. */
  readonly http: (Endpoint & { readonly hosts?: readonly string[] }) | undefined;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
}

/** Sets that are in files. */
export interface SetFileConfig {
  readonly uses: readonly SetFileUse[];
  /** The section `sets` as it is written. */
  readonly written: unknown;
  /** What was read, and what is in use. Later configurations of the same daemon have the same object. */
  readonly files: SetFiles;
}

export interface Loaded {
  readonly config: DaemonConfig;
  /** What was read, and its plain values. */
  readonly text: string;
  readonly written: Readonly<Record<string, unknown>>;
  readonly warnings: readonly ConfigWarning[];
}

/** `setFiles` has what earlier calls read. Throws ConfigRejected with all errors. */
export function loadConfig(file: string, setFiles?: SetFiles): Loaded {
  return parseConfig(readConfigFile(file), file, setFiles);
}

/**
 * `file` is the name for messages. Relative names of files begin at the folder of `place`: the file of the daemon, where `text` comes from
 * elsewhere. Throws ConfigRejected with all errors.
 */
export function parseConfig(text: string, file: string, setFiles: SetFiles = new SetFiles(dirname(file)), place: string = file): Loaded {
  const source = new YamlSource(text, file, dirname(place));
  const errors = [...source.errors];
  if (errors.some((error) => error.code === 'yaml-syntax' || error.code === 'file-too-large')) throw rejected(errors, text);

  const { value: written = {}, errors: wrong } = validate(source);
  const resolved = setFiles.resolve(written.sets);
  const raw: RawConfig = written.sets === undefined ? written : { ...written, sets: resolved.sets as typeof written.sets };
  const findings = applyRules(source, raw);
  for (const problem of resolved.problems) findings.addProblem(problem);
  for (const { steps, text: sentence } of resolved.kept) findings.warn('old-set', steps, sentence);
  errors.push(...wrong, ...findings.errors);
  if (errors.length > 0) throw rejected(errors, text);
  const sets = { uses: resolved.uses, written: written.sets, files: setFiles };
  // Without an error the document is a mapping.
  return { config: fillIn(raw, place, sets), text, written: source.value as Loaded['written'], warnings: findings.warnings };
}

function rejected(errors: ConfigError[], text: string): ConfigRejected {
  return new ConfigRejected(
    errors.toSorted((a, b) => a.line - b.line || a.column - b.column),
    text,
  );
}

function fillIn(raw: RawConfig, file: string, setFiles: DaemonConfig['setFiles']): DaemonConfig {
  const { global, api, http, log } = raw;
  const confederation = ownAs(raw)?.confederation;
  return {
    file,
    global: {
      as: global!.as!,
      routerId: global!['router-id']!,
      listen: present(global!.listen ?? LISTEN_DEFAULT),
      listenIsDefault: global!.listen === undefined,
      decision: completeDecision(global!.decision),
      ...(global!['cluster-id'] !== undefined && { clusterId: global!['cluster-id'] }),
      ...(confederation !== undefined && { confederation }),
      ...(global!['restart-file'] !== undefined && { restartFile: global!['restart-file'] }),
      restartDeferralSeconds: global!['restart-deferral'] ?? RESTART_DEFERRAL_DEFAULT,
    },
    neighbors: present(raw.neighbors ?? []).map((own) => completeNeighbor(effective(raw, own))),
    own: ownConfig(raw),
    processes: processConfigs(raw.processes),
    policy: { sets: raw.sets, policies: raw.policies },
    setFiles,
    rpki: rpkiConfig(raw.rpki, file),
    mrt: mrtConfig(raw.mrt, file),
    api: {
      unixSocket: api?.['unix-socket'],
      mode: api?.mode ?? API_MODE_DEFAULT,
      tcp: api?.tcp,
      hosts: present(api?.hosts ?? []),
      writeBack: api?.['write-back'] ?? true,
      access: accessOf(api ?? {}, dirname(file)),
    },
    policyScripts: scriptHashes(raw.policies, file),
    http: http?.listen && { ...http.listen, ...(http.hosts === undefined ? {} : { hosts: present(http.hosts) }) },
    log: { level: log?.level ?? LOG_LEVEL_DEFAULT, format: log?.format ?? LOG_FORMAT_DEFAULT },
  };
}

function present<T>(items: readonly (T | undefined)[]): T[] {
  return items.filter((item) => item !== undefined);
}

function readConfigFile(file: string): string {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw fileError('file-unreadable', file, 'a directory', 'a YAML file');
    if (stat.size > FILE_BYTES_MAX) throw fileError('file-too-large', file, `${stat.size} octets`, `at most ${FILE_BYTES_MAX}`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof ConfigRejected) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw fileError('file-not-found', file, 'no such file', 'a YAML file; examples/minimal.yaml is one to begin with');
    if (code === 'EACCES' || code === 'EPERM')
      throw fileError('file-unreadable', file, 'no permission to read it', 'a file this user may read');
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw fileError('file-unreadable', file, 'octets that are not UTF-8', 'UTF-8 text');
    throw fileError('file-unreadable', file, (error as Error).message, 'a file this user may read', error);
  }
}

function fileError(code: ConfigError['code'], file: string, found: string, allowed: string, cause?: unknown): ConfigRejected {
  const error = new ConfigError(
    { code, file, line: 0, column: 0, path: '', found, allowed, example: '' },
    cause === undefined ? undefined : { cause },
  );
  return new ConfigRejected([error], '');
}
