/**
 * The verdict on a whole UPDATE: missing attributes, NLRI that cannot be read, and the strongest of all verdicts (RFC 7606 §3, §5).
 */
import { treatAsWithdraw } from '../attributes/fields.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import { Fault, strongest, updateFault } from '../fault.ts';
import type { AttributeScan, UpdateScan } from './update-scan.ts';

/**
 * The verdict on an UPDATE whose sections and attributes have been scanned; undefined when it is well-formed. The fault of `attributes` is
 * taken into account. A missing LOCAL_PREF of an internal peer is no fault: RFC 7606 has no verdict for it, and implementations take 100.
 */
export function updateVerdict(update: UpdateScan, attributes: AttributeScan): Fault | undefined {
  const ownNlri = update.nlriEnd > update.nlriStart;
  const mpReach = attributes.find(AttributeCode.MpReachNlri) !== -1;
  // Some speakers send NEXT_HOP 0.0.0.0 with routes of other families.
  let fault = ownNlri ? strongest(attributes.fault, attributes.nextHopFault) : attributes.fault;
  if (ownNlri || mpReach) {
    // RFC 7606 §3 (d).
    if (attributes.find(AttributeCode.Origin) === -1) fault = strongest(fault, missing(AttributeCode.Origin));
    const asPath = attributes.find(AttributeCode.AsPath) !== -1;
    // RFC 8205 §3: BGPSEC_PATH takes the place of AS_PATH. Routes in the NLRI field of the UPDATE are never secured (§4.1).
    if (!asPath && (ownNlri || !attributes.bgpsec)) fault = strongest(fault, missing(AttributeCode.AsPath));
    if (asPath && attributes.bgpsec) fault = strongest(fault, bothPaths());
    if (ownNlri && attributes.find(AttributeCode.NextHop) === -1) fault = strongest(fault, missing(AttributeCode.NextHop));
  } else if (fault !== undefined && fault.action === 'withdraw' && attributesBesidesMpUnreach(update, attributes)) {
    // RFC 7606 §5.2: with no reachable NLRI to withdraw, the damage may have hidden them.
    fault = new Fault('reset', fault.code, fault.subcode, `${fault.reason}, and no reachable NLRI were found`, fault.data);
  }
  return fault;
}

function attributesBesidesMpUnreach(update: UpdateScan, attributes: AttributeScan): boolean {
  if (update.attributesEnd === update.attributesStart) return false;
  return attributes.count !== 1 || attributes.codes[0] !== AttributeCode.MpUnreachNlri;
}

/** RFC 8205 §5.2: an UPDATE that has both is an error, to be treated as withdrawn. */
function bothPaths(): Fault {
  return treatAsWithdraw(UpdateError.MalformedAttributeList, 'AS_PATH and BGPSEC_PATH exclude each other');
}

function missing(code: number): Fault {
  const reason = `mandatory attribute ${code} is missing`;
  return updateFault('withdraw', UpdateError.MissingWellKnownAttribute, reason, Uint8Array.of(code));
}
