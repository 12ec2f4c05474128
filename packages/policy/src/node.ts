/** @tsbgp/policy/node: files of policies in Node. Everything else of the package is in `@tsbgp/policy` and knows no platform. */
export { importScript, scriptAddress } from './node/import-script.ts';
export { type CoveredLines, ScriptCoverage } from './node/script-coverage.ts';
export { SET_FILE_BYTES_MAX, type SetFileState, SetFiles } from './node/set-files.ts';
export { watch } from './node/watch.ts';
