/** Failed calls of the API, as the command line tells them. */
import { NeighborConfigSchema, TsbgpError } from '@tsbgp/api';
import { Option } from 'commander';
import type { Address } from './address.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { NEIGHBOR_KEYS } from './gen/neighbor-keys.ts';

/** How long a call may take, and how long a stream may take to begin. */
export const TIMEOUT_MS = 30_000;

/** The sentence without its field, which some daemons put in front of it. */
export function withoutField(sentence: string, field: string): string {
  return sentence.startsWith(`${field}: `) ? sentence.slice(field.length + 2) : sentence;
}

/** Makes a CliError of an error of the API. Any other error is returned unchanged. */
export function explain(thrown: unknown, address: Address): unknown {
  // Connect wraps what an interceptor throws.
  const error = thrown instanceof Error && thrown.cause instanceof TsbgpError ? thrown.cause : thrown;
  if (!(error instanceof TsbgpError)) return error;
  if (error.isUnreachable) return cannotConnect(error, address);
  if (error.code === 'DEADLINE_EXCEEDED') return tooLate(error, address);
  const foreign = notOurApi(error, address);
  if (foreign !== undefined) return foreign;
  const { field = '' } = error;
  const sentence = withoutField(error.message, field).replaceAll(RESET_SESSION, asOption(RESET_SESSION));
  const message = field === '' || sentence.includes(asOption(field)) ? sentence : `${asOption(field)}: ${sentence}`;
  return new CliError(ExitCode.Refused, message, [], { cause: error });
}

const RESET_SESSION = 'reset_session';

/** What the API calls a field of a neighbor is an option of the command line. A field that is none keeps its name. */
function asOption(field: string): string {
  if (field === RESET_SESSION) return '--reset-session';
  const name = /^neighbor\.(\w+)$/.exec(field)?.[1];
  const row = NEIGHBOR_KEYS.find((each) => 'message' in each && NeighborConfigSchema.field[each.message].name === name);
  return row === undefined || !('option' in row) ? field : `--${new Option(row.option.flags).name()}`;
}

export function tooLate(cause: unknown, { text }: Address): CliError {
  const hint = 'it is busy, or what listens there is not the API of tsbgpd';
  return new CliError(ExitCode.CannotConnect, `${text} did not answer within ${TIMEOUT_MS / 1000} s`, [hint], { cause });
}

/** Something answers at the address, but it is not the API of tsbgpd. */
function notOurApi(error: TsbgpError, { text, source }: Address): CliError | undefined {
  const status = /^HTTP (\d{3})$/.exec(error.message)?.[1];
  const hints = [
    'the API of tsbgpd is at api.unix-socket and api.tcp of its configuration; BGP (179) and metrics (http.listen) are other ports',
    ...(source === 'default' ? [] : [`this address is from ${source}`]),
  ];
  const failed = (message: string): CliError => new CliError(ExitCode.CannotConnect, message, hints, { cause: error });
  if (status === '401' || status === '403' || status === '421') {
    return failed(`${text} refuses the call (HTTP ${status}): it may not answer to this name; try its IP address`);
  }
  // UNIMPLEMENTED is also what an older daemon says of a newer call.
  if (error.code === 'UNIMPLEMENTED') return failed(`${text} does not know this call: it is not tsbgpd, or an older one than this tsbgp`);
  if (status !== undefined || error.message.startsWith('unsupported content type')) {
    return failed(`${text} is not the API of tsbgpd: a web server answers there (${error.message})`);
  }
  if (error.message === 'Protocol error') return failed(`${text} is not the API of tsbgpd: something else answers there`);
  const closed = error.message.startsWith('http/2 stream closed with error code');
  return closed ? failed(`${text} closed the connection without an answer: it is not the API of tsbgpd, or the daemon stopped`) : undefined;
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ECONNREFUSED: 'nobody listens there',
  EACCES: 'permission denied',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'there is no such host',
};

function cannotConnect(error: TsbgpError, address: Address): CliError {
  const code = /\b(E[A-Z]{4,})\b/.exec(error.message)?.[1] ?? '';
  const why = WHY[code] ?? error.message;
  const hints =
    code === 'EACCES'
      ? ['who may write to the socket may use the daemon: its mode is api.mode in the configuration, 0660 by default']
      : ['start a daemon:     tsbgpd /etc/tsbgp/tsbgpd.yaml     or, in the repository, npm start'];
  if (address.source === 'default') hints.push('it is elsewhere:    tsbgp -a 127.0.0.1:50051 …       or TSBGP_ADDRESS=127.0.0.1:50051');
  else hints.push(`this address is from ${address.source}`);
  return new CliError(ExitCode.CannotConnect, `no daemon at ${address.text}: ${why}`, hints, { cause: error });
}
