/** The conformance corpus of ExaBGP beside the repository; a test without it is skipped with the reason. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../../../shared/conformance/exabgp');

/** For `test(title, { skip }, …)`. */
export const SKIP: string | false = existsSync(FOLDER) ? false : 'the folder ../shared is not there';

export function corpusPath(name: string): string {
  return join(FOLDER, name);
}

export function corpusFiles(folder: string): string[] {
  return SKIP === false ? readdirSync(join(FOLDER, folder)).sort() : [];
}

export function corpusJson<T>(name: string): T | undefined {
  return SKIP === false ? (JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as T) : undefined;
}

/** What released programs print of a message. */
export interface Observed {
  readonly json?: object | null;
  readonly json_line?: string;
  readonly text?: string;
  readonly json_malformed?: boolean;
}

export interface CorpusMessage {
  readonly type?: string;
  readonly raw?: string;
  readonly connection?: string;
  readonly command?: string | null;
  readonly json?: object;
  readonly json_malformed?: boolean;
  readonly without_marker?: boolean;
  readonly observed?: Readonly<Record<string, Observed>>;
  readonly action?: 'send_notification' | 'send_signal';
  readonly text?: string;
  readonly signal?: NodeJS.Signals;
}

export interface CorpusSession {
  readonly stages: readonly { readonly sequence: number; readonly messages: readonly CorpusMessage[] }[];
}

/** A case of `encoding/` or `api/`. */
export interface CorpusCase {
  readonly name: string;
  readonly kind: string;
  readonly config?: string;
  readonly config_file?: string;
  readonly config_files?: readonly { readonly name: string; readonly text: string }[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly settings: {
    readonly bind: 'ipv4' | 'ipv6';
    readonly server_asn: number | null;
    readonly tcp_attempts: number;
    readonly read_timeout_s: number | null;
    readonly inspect_open: boolean;
    readonly send_default_route: boolean;
    readonly send_unknown_capability: boolean;
    readonly send_unknown_message: boolean;
  };
  readonly sessions: readonly CorpusSession[];
  readonly sessions_5_0?: readonly CorpusSession[];
  readonly processes?: readonly { readonly process: string; readonly run: string; readonly steps: readonly object[] }[];
}
