/** A program of the API, as a configuration says it. */
export interface ProcessConfig {
  readonly name: string;
  /** The program, absolute, and its arguments. */
  readonly command: readonly string[];
  readonly encoder: 'text' | 'json';
  readonly respawn: boolean;
}
