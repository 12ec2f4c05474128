/** Addresses, ports and files. The attackers and BIRD share a host; each has an address. */
export const DAEMON_ADDRESS = '10.78.0.1';
export const BIRD_ADDRESS = '10.78.0.2';
/** External peers whose routes flap, AS 65011 and 65012. */
export const FLAPPERS = [
  { address: '10.78.0.11', as: 65_011 },
  { address: '10.78.0.12', as: 65_012 },
] as const;
/** The address of a configured neighbor; only silent connections come from it. */
export const SILENT_ADDRESS = '10.78.0.13';
/** An address that no neighbor has. */
export const STRANGER_ADDRESS = '10.78.0.14';
export const PREFIX_LENGTH = 24;
export const BGP_PORT = 179;
export const API_PORT = 50_051;
export const HTTP_PORT = 9179;
export const LOCAL_AS = 65_001;

/** What an attack gets. It must end soon after `signal` is aborted. */
export interface Target {
  /** Path of the API's socket. */
  readonly socket: string;
  readonly signal: AbortSignal;
  /** Counts an action, to detect an attack that did nothing. */
  readonly did: (what: string, count?: number) => void;
}

export type Attack = (target: Target) => Promise<void>;

/** Waits, but not after the signal is aborted. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
