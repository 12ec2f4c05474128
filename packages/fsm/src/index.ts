/** @tsbgp/fsm: the BGP finite state machine as a pure function. */
export type { Action } from './action.ts';
export { EVENT_NUMBERS, type Event, type EventType } from './event.ts';
export { type Config, DEFAULT_CONFIG, newSession, type Session, STATES, type State, TIMERS, type Timer } from './session.ts';
export { step } from './step.ts';
export type { Step } from './transitions.ts';
