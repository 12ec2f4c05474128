/** Quotes values of requests in messages for people: cut to a bound, and with control characters escaped, since a terminal would obey them. */

/** Characters of a value that an error shows. A longer value is cut, and its length is added. */
export const QUOTED_VALUE_MAX = 100;
/** Characters of a whole error message. A longer one is cut in the middle, because its end says what is allowed. */
export const ERROR_MESSAGE_MAX = 1000;

/** `"text"`, or the beginning of a long text and how long it is. */
export function quote(value: string): string {
  if (value.length <= QUOTED_VALUE_MAX) return `"${printable(value)}"`;
  return `"${printable(value.slice(0, QUOTED_VALUE_MAX))}…" (${value.length} characters)`;
}

/** A message of at most ERROR_MESSAGE_MAX characters on one line. */
export function cutMessage(message: string): string {
  if (message.length <= ERROR_MESSAGE_MAX) return cutTo(printable(message));
  // Only the two ends are processed, since the middle may be megabytes.
  return cutTo(`${printable(message.slice(0, ERROR_MESSAGE_MAX))} … ${printable(message.slice(-ERROR_MESSAGE_MAX))}`);
}

function cutTo(message: string): string {
  if (message.length <= ERROR_MESSAGE_MAX) return message;
  const half = (ERROR_MESSAGE_MAX - 3) >> 1;
  return `${message.slice(0, half)} … ${message.slice(-half)}`;
}

/** Escapes control characters, so that neither a log nor a terminal interprets them. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
