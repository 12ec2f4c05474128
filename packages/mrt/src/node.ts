/** @tsbgp/mrt/node: files and streams of Node. Everything else of the package is in `@tsbgp/mrt` and runs in browsers too. */
export { CompressedFileError, type MrtCompression, type OpenMrtOptions, openMrt, unpackMrt } from './node/open-mrt.ts';
