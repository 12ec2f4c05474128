/** Writes lines to the source of a command as fast as it reads them. */
import type { CommandContext } from './outcome.ts';

/** Octets that may wait in front of a reader before a listing pauses. */
const AHEAD_BYTES_MAX = 1_048_576;
const LOOK_AGAIN_MS = 5;

export async function writeLines(lines: Iterable<string> | AsyncIterable<string>, { source }: CommandContext): Promise<void> {
  for await (const line of lines) {
    source.write(line);
    while (source.backlogBytes() > AHEAD_BYTES_MAX) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
