/** A route as it is announced or withdrawn. */
import type { Family } from '@tsbgp/wire';
import type { AttributeSet } from './attribute-set.ts';

/** There may be a million of these: two strings of one octet a character, a number and a shared set. */
export interface Route {
  readonly family: Family;
  /** What identifies the route of its family: the NLRI without labels, and the path identifier. Prefixed by the family. */
  readonly key: string;
  /** The octets of the NLRI without path identifier, one character each. */
  readonly nlri: string;
  /** @default 0, when the session has ADD-PATH */
  readonly pathId: number | undefined;
  readonly set: AttributeSet;
  /** The group that it belongs to. */
  readonly watchdog?: string | undefined;
  /** It is not announced until its watchdog says so. */
  readonly startsWithdrawn?: boolean | undefined;
}

export function routeKey(family: Family, identity: string, pathId: number | undefined): string {
  return pathId === undefined ? `${family} ${identity}` : `${family}/${pathId} ${identity}`;
}

export function octetText(bytes: Uint8Array): string {
  // Not TextDecoder('latin1'), which is Windows-1252.
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

export function textOctets(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
