// What the API's words are called on screens.
import type { Basis, CostKind, IncidentReason, Mode, Status } from "../../api/client";

export const statuses: Record<Status, string> = {
  registered: "Registered",
  picked_up: "Picked up",
  in_transit: "On its way",
  held: "Held",
  out_for_delivery: "Out for delivery",
  ready_to_collect: "Ready to collect",
  delivered: "Delivered",
  problem: "Problem",
  returning: "Coming back",
  returned: "Returned",
  lost: "Lost",
  cancelled: "Cancelled",
};

export const modes: Record<Mode, { by: string; leg: string }> = {
  air: { by: "By air", leg: "flight" },
  road: { by: "By road", leg: "drive" },
  rail: { by: "By rail", leg: "train ride" },
  sea: { by: "By sea", leg: "sailing" },
};

export const costs: Record<CostKind, string> = {
  freight: "Freight",
  insurance: "Insurance",
  duty: "Duty",
  surcharge: "Surcharge",
  refund: "Refund",
  other: "Other",
};

/** How we know where something is, as a label. */
export const bases: Record<Basis, string> = {
  measured: "GPS",
  scanned: "Scan",
  inherited: "From what it travels in",
  interpolated: "Between two scans",
  predicted: "Our estimate",
};

export const reasons: Record<IncidentReason, string> = {
  carrier_damaged_parcel: "Damaged by the carrier",
  carrier_sorting_error: "Sorted wrongly",
  carrier_address_not_found: "The carrier did not find the address",
  carrier_parcel_lost: "Lost by the carrier",
  carrier_not_enough_time: "The driver ran out of time",
  carrier_vehicle_issue: "The vehicle broke down",
  carrier_capacity_exceeded: "No room left with the carrier",
  carrier_mechanical_delay: "A mechanical delay",
  retailer_cancelled: "Cancelled by the sender",
  retailer_incorrect_data: "The sender's data is wrong",
  retailer_not_ready: "The sender was not ready",
  retailer_incorrect_parcel: "The sender gave the wrong parcel",
  retailer_incorrect_dimensions: "Its size is not what the sender said",
  retailer_packaging_issue: "The packaging does not hold",
  consignee_refused: "Refused at the door",
  consignee_business_closed: "The business was closed",
  consignee_not_available: "The recipient was not available",
  consignee_not_home: "Nobody was home",
  consignee_cancelled: "Cancelled by the recipient",
  consignee_verification_failed: "The recipient could not be verified",
  consignee_incorrect_address: "The address is wrong",
  consignee_access_restricted: "The driver could not get in",
  consignee_safe_place_unavailable: "No safe place to leave it",
  customs_delay: "Waiting for customs",
  customs_documentation: "Customs needs papers",
  customs_duties_unpaid: "Duties are not paid",
  customs_prohibited: "Customs does not let it in",
  customs_inspection: "Customs inspects it",
  weather_delay: "Delayed by weather",
  natural_disaster: "A natural disaster",
  force_majeure: "Beyond anybody's control",
  parcel_being_researched: "The carrier is looking for it",
  security_issue: "A matter of security",
  regulatory_hold: "Held by an authority",
  unknown: "For a reason nobody gave",
};
