/** Every command of `tsbgp`, in the order of the help. A new command is a file in this folder and a line here. */
import type { Command } from 'commander';
import { addCompletions } from '../completions/command.ts';
import type { Invocation } from '../invocation.ts';
import { addConfig } from './config.ts';
import { addControl } from './control.ts';
import { addDecode } from './decode.ts';
import { addEvents } from './events.ts';
import { addExabgp } from './exabgp.ts';
import { addExplain } from './explain.ts';
import { addMrt } from './mrt.ts';
import { addNeighborCommands } from './neighbor.ts';
import { addPolicy } from './policy.ts';
import { addProcess } from './process.ts';
import { addReplay } from './replay.ts';
import { addRib } from './rib.ts';
import { addRoute } from './route.ts';
import { addRpki } from './rpki.ts';
import { addWatch } from './watch.ts';

export const COMMANDS: readonly ((program: Command, invocation: Invocation) => void)[] = [
  addNeighborCommands,
  addRib,
  addExplain,
  addRoute,
  addRpki,
  addPolicy,
  addProcess,
  addWatch,
  addEvents,
  addConfig,
  addControl,
  addDecode,
  addMrt,
  addReplay,
  addExabgp,
  addCompletions,
];
