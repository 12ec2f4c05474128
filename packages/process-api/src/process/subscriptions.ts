/** Which programs hear what of a neighbor, from its api sections. */
import type { ApiBlock, MessageKind, MessageWishes } from './api-block.ts';
import type { ApiProcess } from './api-process.ts';

export interface Subscription {
  readonly process: ApiProcess;
  readonly changes: boolean;
  readonly negotiated: boolean;
  readonly fsm: boolean;
  readonly signal: boolean;
  readonly receive: MessageWishes;
  readonly send: MessageWishes;
}

export function isNamed(block: ApiBlock, name: string): boolean {
  return block.processes.includes(name) || block.patterns.some((pattern) => pattern.test(name));
}

/** One for each program that a section names; what several sections ask for adds up. */
export function subscriptionsOf(api: readonly ApiBlock[], processes: Iterable<ApiProcess>): Subscription[] {
  const list: Subscription[] = [];
  for (const process of processes) {
    const blocks = api.filter((block) => isNamed(block, process.name));
    if (blocks.length === 0) continue;
    const any = (wanted: (block: ApiBlock) => boolean): boolean => blocks.some(wanted);
    list.push({
      process,
      changes: any((block) => block.changes),
      negotiated: any((block) => block.negotiated),
      fsm: any((block) => block.fsm),
      signal: any((block) => block.signal),
      receive: joined(blocks.map((block) => block.receive)),
      send: joined(blocks.map((block) => block.send)),
    });
  }
  return list;
}

function joined(all: readonly MessageWishes[]): MessageWishes {
  return {
    parsed: all.some((each) => each.parsed),
    packets: all.some((each) => each.packets),
    consolidate: all.some((each) => each.consolidate),
    kinds: new Set<MessageKind>(all.flatMap((each) => [...each.kinds])),
  };
}
