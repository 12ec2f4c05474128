/**
 * A scenario is a folder: the configuration of each daemon, and the file `steps` with events and questions.
 *
 *     host tsbgpd 10.77.0.1/24 2001:db8:77::1/64        a host, its daemon and its addresses
 *     host bird   10.77.0.2/24 2001:db8:77::2/64
 *
 *     # BIRD withdraws                                  a step begins: one check of the report
 *     bird! birdc disable routes4                       an event: run once, must succeed
 *     tsbgpd$ route best 203.0.113.0/24                 a question: asked again until the answer has all of
 *         no route                                      these lines, in this order (blanks count as one, * is any text)
 *         ! med*                                        and none of these
 *     bird$ [5s] log                                    another limit; [holds 5s]: true at each question for 5 s
 *
 * Every host has the events start, stop, restart, freeze and thaw, the question log, and any program.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostPlan } from './test-bed.ts';

export interface Scenario {
  /** "bird/ebgp-ipv4". */
  readonly name: string;
  readonly folder: string;
  readonly hosts: readonly HostPlan[];
  readonly steps: readonly Step[];
}

export interface Step {
  readonly title: string;
  readonly actions: readonly Action[];
}

export interface Action {
  readonly type: 'event' | 'question';
  readonly host: string;
  readonly command: string;
  readonly line: number;
  /** Seconds until the answer must be right, or for which it must stay right. */
  readonly seconds: number;
  readonly holds: boolean;
  readonly expected: readonly string[];
  readonly forbidden: readonly string[];
}

const QUESTION_SECONDS = 25;

export function readScenario(name: string, folder: string): Scenario {
  const file = join(folder, 'steps');
  if (!existsSync(file)) throw new Error(`${folder}: a scenario needs a file "steps"`);
  return { name, folder, ...parseSteps(readFileSync(file, 'utf8'), file) };
}

export function parseSteps(text: string, file: string): { readonly hosts: readonly HostPlan[]; readonly steps: readonly Step[] } {
  const hosts: HostPlan[] = [];
  const steps: { title: string; actions: (Action & { expected: string[]; forbidden: string[] })[] }[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const fail = (reason: string): never => {
      throw new Error(`${file}:${index + 1}: ${reason}`);
    };
    const line = raw.trim();
    if (line === '') continue;
    if (/^\s/.test(raw)) {
      const action = steps.at(-1)?.actions.at(-1) ?? fail('an expected line must follow a question');
      if (action.type === 'event') fail('an event has no expected lines');
      if (line.startsWith('! ')) action.forbidden.push(line.slice(2).trim());
      else action.expected.push(line);
    } else if (line.startsWith('#')) {
      steps.push({ title: line.replace(/^#+\s*/, ''), actions: [] });
    } else if (line.startsWith('host ')) {
      const [, name = '', ...addresses] = line.split(/\s+/);
      hosts.push({ name, addresses });
    } else {
      const match = /^(\w+)([!$])\s*(?:\[(holds )?(\d+)s\])?\s*(.+)$/.exec(line) ?? fail(`neither host, step, event nor question: ${line}`);
      const [, host = '', mark, holds, seconds, command = ''] = match;
      if (!hosts.some(({ name }) => name === host)) fail(`no host called "${host}"`);
      const step = steps.at(-1) ?? fail('a step "# …" must come first');
      step.actions.push({
        type: mark === '!' ? 'event' : 'question',
        host,
        command,
        line: index + 1,
        seconds: seconds === undefined ? QUESTION_SECONDS : Number(seconds),
        holds: holds !== undefined,
        expected: [],
        forbidden: [],
      });
    }
  }
  return { hosts, steps };
}

/** What is wrong with `output`, or undefined when it is as expected. */
export function mismatch(output: string, action: Pick<Action, 'expected' | 'forbidden'>): string | undefined {
  const lines = output.split('\n').map(squeeze);
  let from = 0;
  for (const wanted of action.expected) {
    const pattern = toPattern(wanted);
    const at = lines.findIndex((line, index) => index >= from && pattern.test(line));
    if (at < 0) return `expected (after line ${from} of the output): ${wanted}`;
    from = at + 1;
  }
  for (const unwanted of action.forbidden) {
    const pattern = toPattern(unwanted);
    const found = lines.find((line) => pattern.test(line));
    if (found !== undefined) return `must not be there: ${found}`;
  }
  return undefined;
}

function squeeze(line: string): string {
  return line.trim().replace(/\s+/g, ' ');
}

function toPattern(wanted: string): RegExp {
  const parts = squeeze(wanted).split('*');
  return new RegExp(`^${parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
}
