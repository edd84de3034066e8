//! How carriers write their numbers, after jkeen/tracking_number_data (MIT), whose test
//! numbers this is held to; and serial shipping container codes of GS1.

use super::checks::Check;

/// One way a carrier writes its numbers.
pub struct Format {
    /// The scheme of a reference.
    pub scheme: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// As [`super::shape::fit`] reads it.
    pub shape: &'static str,
    /// Its check digit.
    pub check: Check,
}

const fn format(
    scheme: &'static str,
    name: &'static str,
    shape: &'static str,
    check: Check,
) -> Format {
    Format { scheme, name, shape, check }
}

const EXPRESS: &[u32] = &[3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1];
const EXPRESS_LONG: &[u32] = &[1, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1];
/// What a leading 91 that is not printed adds to the sum of the digits behind it.
const UNPRINTED_91: u32 = 28;

/// Every one of them.
pub const FORMATS: &[Format] = &[
    format("carrier:ups", "UPS", "1Z?{15}#", Check::UPS),
    format("carrier:ups", "UPS waybill", "[AHJKTV]#{10}", Check::tens([1, 2], 0, 9)),
    format("carrier:fedex", "FedEx Express", "#{12}", Check::elevens(EXPRESS, 11, 0)),
    format("carrier:fedex", "FedEx Ground", "#{15}", Check::gs1(14)),
    format("carrier:fedex", "FedEx Ground, container code", "#{18}", Check::gs1(15)),
    format("carrier:fedex", "FedEx Ground 96", "96#{20}", Check::gs1(14)),
    format("carrier:fedex", "FedEx ASTRA", "3#{31}", Check::elevens(EXPRESS, 11, 4)),
    format("carrier:fedex", "FedEx Express, whole label", "[0-8]#{33}", EXPRESS_LABEL),
    format("carrier:fedex", "FedEx Ground, whole label", "96#{32}", EXPRESS_LABEL),
    format("carrier:usps", "USPS", "#{20}", Check::gs1(19)),
    format("carrier:usps", "USPS", "#{20}", Check::tens([3, 1], UNPRINTED_91, 19)),
    format("carrier:usps", "USPS", "91#{20}", Check::gs1(21)),
    format("carrier:usps", "USPS", "92###9#{16}", Check::gs1(21)),
    format("carrier:usps", "USPS", "93###[0-8]#{16}", Check::gs1(21)),
    format("carrier:usps", "USPS", "94#{20}", Check::gs1(21)),
    format("carrier:usps", "USPS", "95#{20}", Check::gs1(21)),
    format("carrier:usps", "USPS", "92###9#{20}", Check::gs1(25)),
    format("carrier:usps", "USPS", "93###[0-8]#{20}", Check::gs1(25)),
    format("carrier:usps", "USPS", "94#{24}", Check::gs1(25)),
    format("carrier:usps", "USPS", "95#{24}", Check::gs1(25)),
    format("carrier:usps", "USPS", "94###9#{24}", Check::gs1(29)),
    // The same behind the destination's ZIP code.
    format("carrier:usps", "USPS, with ZIP", "420#{25}", Check::tens([3, 1], UNPRINTED_91, 19)),
    format("carrier:usps", "USPS, with ZIP", "420#{29}", Check::tens([3, 1], UNPRINTED_91, 19)),
    format("carrier:usps", "USPS, with ZIP", "420#####9[1-5]#{20}", Check::gs1(21)),
    format("carrier:usps", "USPS, with ZIP", "420#{9}9[1-5]#{20}", Check::gs1(21)),
    format("carrier:usps", "USPS, with ZIP", "420#####9[2-5]#{24}", Check::gs1(25)),
    format("carrier:usps", "USPS, with ZIP", "420#####94###9#{24}", Check::gs1(29)),
    format("carrier:post", "Post, international", "@@#{9}@@", Check::POSTAL),
    format("carrier:dhl", "DHL Express", "#{10}", Check::sevens(9)),
    format("carrier:dhl", "DHL Express", "#{11}", Check::sevens(10)),
    format("carrier:dhl", "DHL Express, piece", "J@@#{9}", Check::NONE),
    format("carrier:dhl", "DHL Express, piece", "J@@#{10}", Check::NONE),
    format("carrier:dhl", "DHL Express, piece", "J@@@#{9}", Check::NONE),
    format("carrier:dhl", "DHL Express, piece", "J@@@#{10}", Check::NONE),
    format("carrier:dhl", "DHL eCommerce", "GM#{16}", Check::NONE),
    format("carrier:dhl", "DHL eCommerce", "GM#{18}", Check::NONE),
    format("carrier:dhl", "DHL eCommerce", "#{14}", Check::NONE),
    format("carrier:dpd", "DPD", "#{14}?", Check::hybrid(14)),
    format("carrier:dpd", "DPD", "#{27}?", Check::hybrid(27)),
    format("carrier:purolator", "Purolator", "[0-5]#{11}", Check::luhn(11)),
    format("carrier:purolator", "Purolator", "@@@#{9}", Check::NONE),
    format("carrier:amazon", "Amazon", "TB[ACM]#{12}", Check::NONE),
    format("carrier:amazon", "Amazon", "[AFC]#{10}", Check::NONE),
    format("carrier:canada_post", "Canada Post", "#{16}", Check::gs1(15)),
    format("carrier:canpar", "Canpar", "[CDKLSUXZ]#{21}", Check::NONE),
    format("carrier:old_dominion", "Old Dominion", "77[78]#{8}", Check::luhn(10)),
    format("carrier:old_dominion", "Old Dominion", "072#{8}", Check::luhn(10)),
    format("carrier:old_dominion", "Old Dominion", "780#{8}", Check::luhn(10)),
    format("carrier:old_dominion", "Old Dominion", "80#{9}", Check::luhn(10)),
    format("carrier:ontrac", "OnTrac", "C[0-3]#{13}", Check::tens([2, 1], 4, 13)),
    format("carrier:ontrac", "OnTrac", "C[5-9]#{13}", Check::tens([2, 1], 4, 13)),
    format("carrier:ontrac", "OnTrac", "C4#{13}", Check::tens([1, 2], 0, 13)),
    format("carrier:ontrac", "OnTrac", "D[0-4]#{13}", Check::tens([2, 1], 5, 13)),
    format("carrier:ontrac", "OnTrac", "D[6-9]#{13}", Check::tens([2, 1], 5, 13)),
    format("carrier:ontrac", "OnTrac", "D5#{13}", Check::tens([1, 2], 0, 13)),
    format("carrier:lasership", "OnTrac (LaserShip)", "L[AIEHNX][1-3]#{7}", Check::NONE),
    format("carrier:lasership", "OnTrac (LaserShip)", "1LS7[12]#{10}", Check::NONE),
    format("carrier:lasership", "OnTrac (LaserShip)", "1LS7[12]##01[1-4]#{7}", Check::NONE),
    format("carrier:lasership", "OnTrac (LaserShip)", "1LSCX?{10}", Check::NONE),
    format("carrier:gofo", "GOFO Express", "GFUS#{14}", Check::NONE),
    format("carrier:landmark", "Landmark Global", "LTN#{8}N1", Check::NONE),
    format("carrier:speedee", "Spee-Dee", "SP#{18}", Check::NONE),
    format("carrier:yodel", "Yodel", "JJD#{16}", Check::NONE),
    format("carrier:yodel", "Yodel", "JD#{16}", Check::NONE),
    format("carrier:yunexpress", "YunExpress", "YT#{16}", Check::NONE),
    format("sscc", "Container code (SSCC)", "#{18}", Check::gs1(17)),
    format("sscc", "Container code (SSCC)", "00#{18}", Check::gs1(17)),
];

const EXPRESS_LABEL: Check = Check::elevens(EXPRESS_LONG, 13, 0);
