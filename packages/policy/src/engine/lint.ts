/**
 * What in a policy can never have an effect, and what tests of it did not reach.
 */
import type { Policy } from './policy.ts';
import type { Instruction, Place, Program } from './program.ts';

/** A statement without effect. */
export interface Unreachable {
  readonly place: Place;
  /** `the statement #1 before it decides about every route`. */
  readonly because: string;
}

/** In longer policies, statements are not compared with each other: that takes time by the square of their number. */
const COMPARED_MAX = 10_000;

/** Statements that no route comes to, because earlier ones decide about all that would. */
export function unreachableStatements({ code, places }: Pick<Program, 'code' | 'places'>): Unreachable[] {
  const reached = reachable(code);
  const found: Unreachable[] = [];
  for (const [at, instruction] of code.entries()) {
    if (instruction.op !== 'enter') continue;
    const place = places[instruction.place]!;
    if (!reached.has(at)) {
      found.push({ place, because: 'what comes before it decides about every route' });
      continue;
    }
    const shadow = code.length > COMPARED_MAX ? undefined : shadowOf(code, at);
    if (shadow !== undefined) found.push({ place, because: `"${places[shadow]!.statement}" already decides about all that match it` });
  }
  return found;
}

/** The instructions that some route might come to, if every condition may hold or not. */
function reachable(code: readonly Instruction[]): Set<number> {
  const reached = new Set([0]);
  for (const [at, instruction] of code.entries()) {
    if (!reached.has(at) || instruction.op === 'accept' || instruction.op === 'reject') continue;
    if (instruction.op === 'jump') reached.add(instruction.to);
    else reached.add(at + 1);
    if (instruction.op === 'test') reached.add(instruction.otherwise);
  }
  return reached;
}

interface Head {
  readonly place: number;
  readonly conditions: ReadonlySet<string>;
  /** The instruction after the last condition, and where those go for whom one does not hold. */
  readonly body: number;
  readonly otherwise: number | undefined;
}

/**
 * An earlier statement of the same list that decides about all that matches this one: its conditions are among those of this one, and
 * nothing was changed in between.
 */
function shadowOf(code: readonly Instruction[], at: number): number | undefined {
  const own = headAt(code, at);
  for (let before = 0; before < at; before++) {
    if (code[before]!.op !== 'enter') continue;
    const head = headAt(code, before);
    const comesAfter = head.otherwise !== undefined && head.otherwise <= at && isStraight(code, head.otherwise, at);
    const decides = code[head.body + 1]?.op === 'accept' || code[head.body + 1]?.op === 'reject';
    if (comesAfter && decides && isOnlyWay(code, before, at) && [...head.conditions].every((key) => own.conditions.has(key)))
      return head.place;
  }
  return undefined;
}

/** Whoever comes to `at` came through `before`: nothing in front of it leads past it. */
function isOnlyWay(code: readonly Instruction[], before: number, at: number): boolean {
  return code.slice(0, before).every((instruction) => {
    const to = instruction.op === 'test' ? instruction.otherwise : instruction.op === 'jump' ? instruction.to : 0;
    return to <= before || to > at;
  });
}

/** Nobody enters or leaves between, but by falling through tests, and nothing is changed. */
function isStraight(code: readonly Instruction[], from: number, to: number): boolean {
  return code.slice(from, to).every(({ op }) => op !== 'edit' && op !== 'jump');
}

function headAt(code: readonly Instruction[], enter: number): Head {
  const conditions = new Set<string>();
  let otherwise: number | undefined;
  let at = enter + 1;
  for (let instruction = code[at]!; instruction.op === 'test'; instruction = code[++at]!) {
    conditions.add(instruction.condition.key);
    otherwise = instruction.otherwise;
  }
  return { place: (code[enter] as { place: number }).place, conditions, body: at, otherwise };
}

/** How many statements matched some route. */
export interface Coverage {
  /** Statements, those in called policies for each call. */
  readonly statements: number;
  readonly matched: number;
  readonly notMatched: readonly Place[];
}

/** Which statements matched since the counters were last reset. */
export function coverageOf(policy: Policy): Coverage {
  const statements = [...policy.places.entries()].filter(([, { statement }]) => statement !== '');
  const notMatched = statements.filter(([place]) => policy.counters.of(place).matched === 0).map(([, place]) => place);
  return { statements: statements.length, matched: statements.length - notMatched.length, notMatched };
}
