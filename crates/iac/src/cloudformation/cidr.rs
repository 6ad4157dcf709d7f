//! `Fn::Cidr`: the sub-blocks of an address block.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// As many blocks as AWS gives out.
const MOST: i64 = 256;

/// `count` blocks of `bits` host bits each, from the start of `block`; `None` where they do not fit or the
/// arguments make no sense.
pub(super) fn blocks(block: &str, count: i64, bits: i64) -> Option<Vec<String>> {
    let (address, prefix) = block.trim().split_once('/')?;
    let prefix: u32 = prefix.parse().ok()?;
    let bits = u32::try_from(bits).ok()?;
    if !(1..=MOST).contains(&count) {
        return None;
    }
    let (first, width) = match address.parse().ok()? {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    if prefix > width || bits == 0 || bits > width - prefix {
        return None;
    }
    let host_bits = width - prefix;
    let base = if host_bits == 128 { 0 } else { (first >> host_bits) << host_bits };
    let room = 1u128.checked_shl(host_bits - bits).unwrap_or(u128::MAX);
    if u128::try_from(count).ok()? > room {
        return None;
    }
    let step = 1u128.checked_shl(bits)?;
    (0..u128::try_from(count).ok()?)
        .map(|index| {
            let address = base.checked_add(index.checked_mul(step)?)?;
            let address = match width {
                32 => IpAddr::V4(Ipv4Addr::from(u32::try_from(address).ok()?)),
                _ => IpAddr::V6(Ipv6Addr::from(address)),
            };
            Some(format!("{address}/{}", width - bits))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn sub_blocks_follow_each_other_from_the_start_of_the_block() {
        assert_eq!(blocks("10.0.0.0/16", 3, 8).unwrap(), ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]);
        assert_eq!(blocks("192.168.0.0/24", 2, 5).unwrap(), ["192.168.0.0/27", "192.168.0.32/27"]);
        assert_eq!(blocks("2001:db8::/56", 2, 64).unwrap(), ["2001:db8::/64", "2001:db8:0:1::/64"]);
    }

    #[test]
    fn what_does_not_fit_or_makes_no_sense_is_not_known() {
        for (block, count, bits) in [
            ("10.0.0.0/24", 2, 8),
            ("10.0.0.0/33", 1, 1),
            ("x/8", 1, 8),
            ("10.0.0.0", 1, 8),
            ("10.0.0.0/8", 0, 8),
            ("::/0", 1, 0),
        ] {
            assert_eq!(blocks(block, count, bits), None, "{block} {count} {bits}");
        }
    }
}
