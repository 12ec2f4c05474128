/** Scans to borrow: one is three kilobytes of columns, too much to make anew for each message. */
import { AttributeScan } from './update-scan.ts';

const idle: AttributeScan[] = [];

/** A scan of one's own until it is given back. */
export function borrowScan(): AttributeScan {
  return idle.pop() ?? new AttributeScan();
}

export function giveBackScan(scan: AttributeScan): void {
  idle.push(scan);
}
