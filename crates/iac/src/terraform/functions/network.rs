//! Functions of address ranges.

use super::{Arguments, Failure, Outcome};
use crate::terraform::value::{node, text};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use tieout_model::Value;

/// A function of this group; `None` for any other name.
pub(crate) fn apply(name: &str, arguments: &Arguments<'_, '_>) -> Option<Outcome> {
    Some(match name {
        "cidrsubnet" => subnet(arguments),
        "cidrsubnets" => subnets(arguments),
        "cidrhost" => host(arguments),
        "cidrnetmask" => netmask(arguments),
        _ => return None,
    })
}

/// A range: its first address as a number, its prefix length, and how many bits an address has.
#[derive(Clone, Copy)]
struct Range {
    first: u128,
    prefix: u32,
    bits: u32,
}

impl Range {
    fn parse(text: &str) -> Result<Range, Failure> {
        let (address, prefix) = text.split_once('/').ok_or(Failure::Wrong)?;
        let prefix: u32 = prefix.parse().map_err(|_| Failure::Wrong)?;
        let (number, bits) = match address.parse::<IpAddr>().map_err(|_| Failure::Wrong)? {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        if prefix > bits {
            return Err(Failure::Wrong);
        }
        let host_bits = bits - prefix;
        let first = if host_bits == 128 { 0 } else { number >> host_bits << host_bits };
        Ok(Range { first, prefix, bits })
    }

    fn address(self, number: u128) -> String {
        match u32::try_from(number) {
            Ok(number) if self.bits == 32 => Ipv4Addr::from(number).to_string(),
            _ => Ipv6Addr::from(number).to_string(),
        }
    }

    /// The range of `new_bits` more bits at a number.
    fn part(self, new_bits: u32, number: u128) -> Result<Range, Failure> {
        let prefix =
            self.prefix.checked_add(new_bits).filter(|prefix| *prefix <= self.bits).ok_or(Failure::Wrong)?;
        if new_bits < 128 && number >> new_bits != 0 {
            return Err(Failure::Wrong);
        }
        let shift = self.bits - prefix;
        let offset = number.checked_shl(shift).unwrap_or(0);
        Ok(Range { first: self.first | offset, prefix, bits: self.bits })
    }

    fn text(self) -> String {
        format!("{}/{}", self.address(self.first), self.prefix)
    }
}

fn subnet(arguments: &Arguments<'_, '_>) -> Outcome {
    let range = Range::parse(&arguments.text(0)?)?;
    let new_bits = u32::try_from(arguments.int(1)?).map_err(|_| Failure::Wrong)?;
    let number = u128::try_from(arguments.int(2)?).map_err(|_| Failure::Wrong)?;
    Ok(text(range.part(new_bits, number)?.text()))
}

fn subnets(arguments: &Arguments<'_, '_>) -> Outcome {
    let range = Range::parse(&arguments.text(0)?)?;
    let mut next = range.first;
    let mut out = Vec::new();
    for index in 1..arguments.values.len() {
        let new_bits = u32::try_from(arguments.int(index)?).map_err(|_| Failure::Wrong)?;
        let part = range.part(new_bits, 0)?;
        let size = 1u128.checked_shl(part.bits - part.prefix).ok_or(Failure::Wrong)?;
        let first = next.div_ceil(size).checked_mul(size).ok_or(Failure::Wrong)?;
        if first.wrapping_sub(range.first).checked_shr(range.bits - range.prefix).unwrap_or(0) != 0 {
            return Err(Failure::Wrong);
        }
        out.push(text(Range { first, ..part }.text()));
        next = first.checked_add(size).ok_or(Failure::Wrong)?;
    }
    Ok(node(Value::List(out)))
}

fn host(arguments: &Arguments<'_, '_>) -> Outcome {
    let range = Range::parse(&arguments.text(0)?)?;
    let number = arguments.int(1)?;
    let size = 1u128.checked_shl(range.bits - range.prefix).unwrap_or(u128::MAX);
    let offset = match u128::try_from(number) {
        Ok(number) => number,
        Err(_) => size.checked_sub(u128::from(number.unsigned_abs())).ok_or(Failure::Wrong)?,
    };
    if offset >= size {
        return Err(Failure::Wrong);
    }
    Ok(text(range.address(range.first | offset)))
}

fn netmask(arguments: &Arguments<'_, '_>) -> Outcome {
    let range = Range::parse(&arguments.text(0)?)?;
    if range.bits != 32 {
        return Err(Failure::Wrong);
    }
    let mask = u32::MAX.checked_shl(32 - range.prefix).unwrap_or(0);
    Ok(text(Ipv4Addr::from(mask).to_string()))
}
