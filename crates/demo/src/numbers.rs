//! Numbers that shippers give: each with the check digit that readers look at.

use intake::references::{gs1_digit, postal_digit, ups_digit};

use crate::chance::Chance;

#[cfg(test)]
mod tests;

/// A number of UPS: `1Z`, shipper, service, package and check digit.
pub fn ups(chance: &mut Chance) -> String {
    // One shipper, as one firm has; letters count by their code.
    let body = format!("D3M0{}{}{}", chance.digits(2), "03", chance.digits(7));
    let check = ups_digit(&body);
    format!("1Z{body}{check}")
}

/// A registered item of a post: two letters, eight digits, check digit, country.
pub fn registered_post(chance: &mut Chance, country: &str) -> String {
    let serial = chance.digits(8);
    let check = postal_digit(&serial);
    format!("RB{serial}{check}{country}")
}

/// A serial shipping container code: what stands on a pallet or carton.
pub fn sscc(chance: &mut Chance) -> String {
    // The prefix 952 is GS1's own for examples: nobody's company.
    let body = format!("3952{}", chance.digits(13));
    let check = gs1_digit(&body);
    format!("{body}{check}")
}

/// A consignment number of the firm's own carriers: eleven digits and mod 10.
pub fn consignment(chance: &mut Chance) -> String {
    let body = format!("7{}", chance.digits(10));
    let check = gs1_digit(&body);
    format!("{body}{check}")
}

/// A ship's number: `IMO`, six digits and a check digit.
pub fn imo(chance: &mut Chance) -> String {
    let body = format!("9{}", chance.digits(5));
    let sum: u32 =
        std::iter::zip(body.bytes(), (2..=7).rev()).map(|(it, by)| u32::from(it - b'0') * by).sum();
    format!("IMO {body}{}", sum % 10)
}
