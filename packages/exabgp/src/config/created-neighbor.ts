/** A neighbor that a command creates, written as in a configuration file. */
import { parseStatements } from '@tsbgp/process-api';
import { finishNeighbor, type NeighborConfig } from './neighbor.ts';
import { NeighborDraft } from './neighbor-draft.ts';
import { readNeighborBody } from './neighbor-section.ts';

/** `body` is what the section of the neighbor has. Throws SyntaxFault. */
export function readCreatedNeighbor(peerAddress: string, body: string): NeighborConfig {
  const draft = new NeighborDraft();
  readNeighborBody(parseStatements(body), draft, new Map());
  return finishNeighbor(peerAddress, undefined, draft, 1);
}
