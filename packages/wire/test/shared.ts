/**
 * The folder of shared conformance vectors beside the repository. It may be absent: tests that need it then skip and say why.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const WIRE: string = fileURLToPath(new URL('../../../../shared/conformance/wire/', import.meta.url));

/** One vector; `../shared/conformance/wire/README.md` tells what the fields mean. */
export interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly hex: string;
  readonly context?: {
    readonly four_octet_as?: boolean;
    readonly addpath?: readonly (readonly [number, number])[];
    readonly peer_type?: string;
    readonly afi?: number;
    readonly safi?: number;
    readonly attr_type?: number;
    readonly lacks_mandatory_attributes?: readonly string[];
  };
  readonly expect?: unknown;
  readonly expect_error?: { readonly behaviour?: string; readonly code?: number; readonly subcode?: number; readonly data_hex?: string };
  readonly expect_accept?: unknown;
}

/** The folder, or undefined. */
export function sharedWireFolder(): string | undefined {
  return existsSync(WIRE) ? WIRE : undefined;
}

/** The vectors of an area, or the sentence with which to skip. */
export function loadVectors(area: string): Vector[] | string {
  const folder = sharedWireFolder();
  if (folder === undefined) return `no conformance vectors at ${WIRE}`;
  return JSON.parse(readFileSync(`${folder}${area}.json`, 'utf8')) as Vector[];
}
