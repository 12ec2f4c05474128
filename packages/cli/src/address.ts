/**
 * Which daemon: `--address`, else TSBGP_ADDRESS, else the daemon's default socket.
 */
import type { Io } from './terminal/io.ts';

export interface Address {
  /** As createTsbgpClient takes it. */
  readonly value: string | undefined;
  readonly source: '--address' | 'TSBGP_ADDRESS' | 'default';
}

export function chooseAddress(option: string | undefined, env: Io['env']): Address {
  if (option !== undefined) return { value: option, source: '--address' };
  const fromEnv = env['TSBGP_ADDRESS'];
  if (fromEnv !== undefined && fromEnv !== '') return { value: fromEnv, source: 'TSBGP_ADDRESS' };
  return { value: undefined, source: 'default' };
}
