/**
 * The sections `sets` and `policies`, and the files of policies in TypeScript. Routes are judged again of those neighbors alone whose chain became
 * another one: a chain with the same content is the same object (policy/policies.ts).
 */
import type { DaemonConfig } from '../config/load.ts';
import type { ConfigChange } from '../config-change/change.ts';
import type { ConfigSection } from './section.ts';

type Written = Readonly<Record<string, unknown>>;

export const POLICIES: ConfigSection = {
  name: 'policies',
  diff(before, after): ConfigChange[] {
    return [
      ...Object.keys({ ...asWritten(before.policy.sets), ...asWritten(after.policy.sets) }).flatMap((kind) =>
        changesOf('sets', kind, asWritten(asWritten(before.policy.sets)[kind]), asWritten(asWritten(after.policy.sets)[kind])),
      ),
      ...changesOf('policies', '', withVersions(before), withVersions(after)),
    ];
  },
  async apply({ before, after, running: { speaker }, undo }) {
    undo(() => speaker.usePolicies(before));
    await speaker.usePolicies(after);
  },
};

function changesOf(section: string, kind: string, before: Written, after: Written): ConfigChange[] {
  const names = Object.keys({ ...before, ...after }).filter((name) => !areSame(before[name], after[name]));
  return names.map((name) => ({
    section,
    subject: [kind, name].filter((part) => part !== '').join(' '),
    type: before[name] === undefined ? 'added' : after[name] === undefined ? 'removed' : 'changed',
    keys: [],
    effects: ['import', 'export'],
    note: 'of neighbors with a chain that becomes another one',
  }));
}

/** A file with other octets is another policy. */
function withVersions({ policy, policyScripts }: DaemonConfig): Written {
  return Object.fromEntries(Object.entries(asWritten(policy.policies)).map(([name, value]) => [name, [value, policyScripts[name] ?? '']]));
}

function asWritten(value: unknown): Written {
  return typeof value === 'object' && value !== null ? (value as Written) : {};
}

/** Compares what is written. What was made of a file is compared by identity: it is the same object while the file is. */
function areSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && areSame(a[key], b[key]));
}

function isPlain(value: unknown): value is Written {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
