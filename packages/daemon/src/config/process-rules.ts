/** Rules of the section `processes`. */
import type { Findings } from './findings.ts';
import type { RawProcess } from './process-sections.ts';

export function checkProcesses(raw: readonly (RawProcess | undefined)[] | undefined, findings: Findings): void {
  const names = new Map<string, number>();
  raw?.forEach((each, i) => {
    if (each?.run?.length === 0) findings.refuse('invalid-value', ['processes', i, 'run'], { because: 'empty' });
    if (each?.neighbors?.length === 0) findings.refuse('invalid-value', ['processes', i, 'neighbors'], { because: 'empty' });
    if (each?.name === undefined) return;
    const before = names.get(each.name);
    if (before === undefined) names.set(each.name, i);
    else
      findings.refuse('duplicate-value', ['processes', i, 'name'], { because: `processes[${before}] has it`, allowed: 'each name once' });
  });
}
