/** The same as in package.json (a test compares), without reading a file at every start. */
export const VERSION = '0.1.0';
