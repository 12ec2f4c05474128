/**
 * Scans to borrow: reading attributes may nest (an ATTR_SET holds attributes), and a scan is three kilobytes of columns.
 */
import { AttributeScan } from '../scan/update-scan.ts';

const idle: AttributeScan[] = [];

/** A scan of one's own until it is given back. */
export function borrowScan(): AttributeScan {
  return idle.pop() ?? new AttributeScan();
}

export function giveBackScan(scan: AttributeScan): void {
  idle.push(scan);
}
