/** @tsbgp/policy: what may come in and what may go out. Pure, no I/O. */
export {
  compilePolicy,
  type DefaultAction,
  type DependsOn,
  type Direction,
  defaultActionOf,
  type PeerType,
  type Policy,
  type PolicyConfig,
  type RouteView,
} from './policy.ts';
export { ACCEPT, type AttributeChange, REJECT, type Verdict } from './verdict.ts';
