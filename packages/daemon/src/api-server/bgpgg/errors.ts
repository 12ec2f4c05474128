/**
 * Refusals as bgpgg reports them. Calls whose answer has `success` say there what is wrong; the others, and what no answer can say, end with a
 * status. Of the statuses bgpgg has no RESOURCE_EXHAUSTED: UNAVAILABLE tells its clients to try again.
 */
import { Code, ConnectError } from '@connectrpc/connect';
import { ControlError, type ControlErrorCode, type ControlProblem } from '../../control-error.ts';
import { STATUS_CODES } from '../status-codes.ts';

const CODES: Readonly<Record<ControlErrorCode, Code>> = { ...STATUS_CODES, 'resource-exhausted': Code.Unavailable };

export function refusal(error: ControlError): ConnectError {
  return new ConnectError(textOf(error), CODES[error.code]);
}

export interface Told {
  readonly success: boolean;
  readonly message: string;
}

/** Does it, and answers `done`, or `success: false` with the reason. */
export async function told(done: string, action: () => unknown): Promise<Told> {
  try {
    await action();
    return { success: true, message: done };
  } catch (error) {
    if (!(error instanceof ControlError) || error.code === 'resource-exhausted') throw error;
    return { success: false, message: textOf(error) };
  }
}

/** The status of what the daemon has no room for. */
export function unimplemented(what: string): ConnectError {
  return new ConnectError(what, Code.Unimplemented);
}

/** A line for each problem. Places are those of bgpgg's messages: a request has one route and one peer. */
function textOf({ problems, more }: ControlError): string {
  return [...problems.map(lineOf), ...(more === undefined ? [] : [more])].join('\n');
}

function lineOf({ field, sentence }: ControlProblem): string {
  const place = field.replace(/^(?:routes\[\d+\]|neighbor)\.?/, '');
  return place === '' ? sentence : `${place}: ${sentence}`;
}
