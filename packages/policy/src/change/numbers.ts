/** Changes of LOCAL_PREF, MULTI_EXIT_DISC and ORIGIN, and the tag. */
import { AttributeCode, AttributeFlag } from '@tsbgp/wire';
import { type Action, constantAction } from './edit.ts';

/** What RFC 4271 §9.1.1 leaves to us: a route without LOCAL_PREF counts as 100, as everywhere. */
const LOCAL_PREF_DEFAULT = 100;
const MAX = 0xffff_ffff;

export type NumberOperation =
  | { readonly type: 'set'; readonly value: number }
  /** Only where the attribute is absent. */
  | { readonly type: 'set-if-absent'; readonly value: number }
  /** Stops at 4294967295. */
  | { readonly type: 'add'; readonly value: number }
  /** Stops at 0. */
  | { readonly type: 'subtract'; readonly value: number }
  | { readonly type: 'remove' };

const SIGNS: Readonly<Record<NumberOperation['type'], string>> = {
  set: '',
  'set-if-absent': 'if absent ',
  add: '+',
  subtract: '-',
  remove: 'removed',
};

export function localPrefAction(operation: NumberOperation): Action {
  return numberAction('LOCAL_PREF', AttributeCode.LocalPref, AttributeFlag.Transitive, LOCAL_PREF_DEFAULT, operation);
}

/** A missing MED counts as 0 when something is added; nothing is subtracted from it. */
export function medAction(operation: NumberOperation): Action {
  return numberAction('MED', AttributeCode.MultiExitDisc, AttributeFlag.Optional, operation.type === 'add' ? 0 : undefined, operation);
}

function numberAction(name: string, code: number, flags: number, whenAbsent: number | undefined, operation: NumberOperation): Action {
  const value = operation.type === 'remove' ? '' : operation.value;
  return constantAction({
    text: `${name} ${SIGNS[operation.type]}${value}`,
    setsMed: code === AttributeCode.MultiExitDisc,
    apply(draft) {
      const before = draft.getU32(code);
      const base = before ?? whenAbsent;
      if (operation.type === 'remove') draft.remove(code);
      else if (operation.type === 'set' || (operation.type === 'set-if-absent' && before === undefined))
        draft.setU32(code, operation.value, flags);
      else if (operation.type === 'add' && base !== undefined) draft.setU32(code, Math.min(MAX, base + operation.value), flags);
      else if (operation.type === 'subtract' && base !== undefined) draft.setU32(code, Math.max(0, base - operation.value), flags);
      return undefined;
    },
  });
}

export const ORIGIN_NAMES: readonly string[] = ['igp', 'egp', 'incomplete'];

/** `origin` is 0 to 2 (RFC 4271 §5.1.1). */
export function originAction(origin: number): Action {
  return constantAction({
    text: `ORIGIN ${ORIGIN_NAMES[origin]}`,
    apply(draft) {
      draft.set(AttributeCode.Origin, Uint8Array.of(origin), AttributeFlag.Transitive);
      return undefined;
    },
  });
}

/** A number that later statements can match; no peer sees it. */
export function tagAction(tag: number): Action {
  return constantAction({ text: `tag ${tag}`, tag });
}
