//! Numbers that shippers give: each with the check digit that readers look at.

use crate::chance::Chance;

#[cfg(test)]
mod tests;

/// A number of UPS: `1Z`, shipper, service, package and check digit.
pub fn ups(chance: &mut Chance) -> String {
    // One shipper, as one firm has; letters count by their code.
    let body = format!("D3M0{}{}{}", chance.digits(2), "03", chance.digits(7));
    let check = ups_check(&body);
    format!("1Z{body}{check}")
}

/// A registered item of a post: two letters, eight digits, check digit, country.
pub fn registered_post(chance: &mut Chance, country: &str) -> String {
    let serial = chance.digits(8);
    let check = s10_check(&serial);
    format!("RB{serial}{check}{country}")
}

/// A serial shipping container code: what stands on a pallet or carton.
pub fn sscc(chance: &mut Chance) -> String {
    // The prefix 952 is GS1's own for examples: nobody's company.
    let body = format!("3952{}", chance.digits(13));
    let check = mod10(&body);
    format!("{body}{check}")
}

/// A consignment number of the firm's own carriers: eleven digits and mod 10.
pub fn consignment(chance: &mut Chance) -> String {
    let body = format!("7{}", chance.digits(10));
    let check = mod10(&body);
    format!("{body}{check}")
}

/// A ship's number: `IMO`, six digits and a check digit.
pub fn imo(chance: &mut Chance) -> String {
    let body = format!("9{}", chance.digits(5));
    let sum: u32 = std::iter::zip(digits(&body), (2..=7).rev()).map(|(it, by)| it * by).sum();
    format!("IMO {body}{}", sum % 10)
}

/// From the right, weights 3 and 1 by turns (GS1).
pub fn mod10(body: &str) -> u32 {
    let all: Vec<u32> = digits(body).collect();
    let sum: u32 = std::iter::zip(all.iter().rev(), [3, 1].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    (10 - sum % 10) % 10
}

/// Weights 8 6 4 2 3 5 9 7, modulo 11 (UPU S10).
pub fn s10_check(serial: &str) -> u32 {
    let weights = [8, 6, 4, 2, 3, 5, 9, 7];
    let sum: u32 = std::iter::zip(digits(serial), weights).map(|(digit, by)| digit * by).sum();
    match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        other => other,
    }
}

/// Every second character counts twice; a letter counts by its code.
pub fn ups_check(body: &str) -> u32 {
    let value = |it: u8| if it.is_ascii_digit() { it - b'0' } else { (it - 3) % 10 };
    let weighed = |(place, it): (usize, u8)| u32::from(value(it)) * (1 + place as u32 % 2);
    let sum: u32 = body.bytes().enumerate().map(weighed).sum();
    (10 - sum % 10) % 10
}

fn digits(text: &str) -> impl Iterator<Item = u32> {
    text.bytes().map(|it| u32::from(it - b'0'))
}
