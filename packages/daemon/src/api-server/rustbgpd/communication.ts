/** Octets of a Shutdown Communication (RFC 9003 §2). */
const COMMUNICATION_MAX_BYTES = 255;

/** The text that a Cease carries, cut at a character where it is too long, as rustbgpd does; undefined for none. */
export function communicationOf(reason: string): string | undefined {
  if (reason === '') return undefined;
  const bytes = Buffer.from(reason);
  if (bytes.length <= COMMUNICATION_MAX_BYTES) return reason;
  let end = COMMUNICATION_MAX_BYTES;
  // The octets 0x80 to 0xbf go on with a character (RFC 3629 §3).
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString();
}
