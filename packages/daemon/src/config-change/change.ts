/** A difference between two configurations, and what it touches. */
import type { OnChange } from '../keys/neighbor-key.ts';

/**
 * What a change touches in a running daemon.
 *
 *     nothing     no session and no route, or only what comes later: the next session, the next start
 *     import      routes of the neighbor are judged again; its session stays
 *     export      the neighbor is sent the difference; its session stays
 *     stream      the same, and its UPDATEs are encoded in another form
 *     session     the session ends (Cease) and comes up again
 *     routes      routes of our own come, go or change
 *     decision    prefixes with several paths are decided again; sessions stay
 *     validation  RPKI data come from elsewhere: routes whose state may be another are judged again
 *     listener    something is listened on from now on, or no longer
 *     process     a program is started, ended, or started anew
 *     restart     the daemon refuses the change while it runs
 */
export type Effect = OnChange | 'routes' | 'decision' | 'validation' | 'listener' | 'process' | 'restart';

export interface ConfigChange {
  /** Key of the section at the top of the file: `neighbors`. */
  readonly section: string;
  /** Which one of several: the address of a neighbor, a prefix; '' where there is only one. */
  readonly subject: string;
  readonly type: 'added' | 'removed' | 'changed';
  /** The keys that differ, as the file calls them. Empty for what was added or removed. */
  readonly keys: readonly string[];
  readonly effects: readonly Effect[];
  /** What the effect does not say, as a part of a sentence. @default '' */
  readonly note?: string;
}
