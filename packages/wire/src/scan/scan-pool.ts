/** Scans to borrow. A scan has three kilobytes of columns, too much to make a new one for each message. */
import { AttributeScan } from './update-scan.ts';

const idle: AttributeScan[] = [];

/** A scan for the caller alone, until `giveBackScan`. */
export function borrowScan(): AttributeScan {
  return idle.pop() ?? new AttributeScan();
}

export function giveBackScan(scan: AttributeScan): void {
  idle.push(scan);
}
