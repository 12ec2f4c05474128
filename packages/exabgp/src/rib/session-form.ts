/** What the octets of a route's attributes depend on. Sessions of one form share them. */
import type { WireContext } from '@tsbgp/wire';

export interface SessionForm {
  /** Small, from 0. */
  readonly id: number;
  readonly peerType: 'ebgp' | 'ibgp';
  readonly localAs: number;
  /** AIGP may be sent. */
  readonly aigp: boolean;
  readonly context: WireContext;
}

const forms = new Map<string, SessionForm>();

export function sessionForm(localAs: number, aigp: boolean, context: WireContext): SessionForm {
  const { peerType, fourOctetAs } = context;
  const key = `${peerType} ${localAs} ${aigp} ${fourOctetAs}`;
  let form = forms.get(key);
  if (form === undefined) {
    form = { id: forms.size, peerType, localAs, aigp: aigp || peerType === 'ibgp', context };
    forms.set(key, form);
  }
  return form;
}
