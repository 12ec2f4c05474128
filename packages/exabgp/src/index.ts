/** @tsbgp/exabgp: ExaBGP's configuration files, process API and tools, on @tsbgp/session. */
export type { ProcessConfig } from '@tsbgp/process-api';
export { type Configuration, ConfigurationError, parseConfiguration } from './config/configuration.ts';
export { type NeighborConfig, neighborName } from './config/neighbor.ts';
export type { ProgramPlaces } from './config/process-section.ts';
export { main } from './main.ts';
export type { Io } from './tools/io.ts';
