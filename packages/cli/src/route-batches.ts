/** Our own routes, sent to the daemon in batches. */
import { TsbgpError } from '@tsbgp/api';
import { withoutField } from './api-errors.ts';
import type { RouteKeyRequest } from './daemon.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { counted } from './terminal/units.ts';

/** Sends one batch after the other. Resolves with the sum of the routes that `send` says; `verb` is what happens to them. */
export async function inBatches<Route extends RouteKeyRequest>(
  batches: AsyncIterable<readonly Route[]>,
  verb: string,
  send: (batch: readonly Route[]) => Promise<number>,
): Promise<number> {
  let done = 0;
  for await (const batch of batches) {
    done += await send(batch).catch((error: unknown) => rethrowBatch(error, batch, done, verb));
  }
  return done;
}

/**
 * Throws a refused batch as the user wrote it: `routes[3]` becomes its line and its prefix. Says every complaint of the daemon, and how many
 * routes of earlier batches were `done`.
 */
function rethrowBatch(error: unknown, batch: readonly RouteKeyRequest[], done: number, verb: string): never {
  const cause = error instanceof CliError ? error.cause : undefined;
  if (!(cause instanceof TsbgpError)) throw error;
  const complaints = cause.fields.flatMap(({ field, description }) => {
    const [, index, rest] = /^routes\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
    const route = batch[Number(index)];
    if (route === undefined) return [];
    const place = route.place === '' ? route.prefix : `${route.place}: ${route.prefix}`;
    const sentence = withoutField(description, field);
    return rest === undefined || rest === '' || rest === 'prefix' ? `${place}: ${sentence}` : `${place}: ${rest}: ${sentence}`;
  });
  const before = done === 0 ? [] : [`the ${counted(done, 'route')} before it ${done === 1 ? 'was' : 'were'} ${verb}`];
  const [first, ...others] = complaints;
  if (first === undefined)
    throw before.length === 0 ? error : new CliError(ExitCode.Refused, (error as CliError).message, before, { cause });
  if (others.length === 0) throw new CliError(ExitCode.Refused, first, before, { cause });
  const whole = batch.length === complaints.length ? 'all' : String(complaints.length);
  throw new CliError(
    ExitCode.Refused,
    `${whole} of ${counted(batch.length, 'route')} refused, none was ${verb}`,
    [...complaints, ...before],
    { cause },
  );
}
