//! Comparing numbers, dates and addresses as condition operators do.

use std::net::IpAddr;

/// A number of a condition or a request.
pub(crate) fn number(text: &str) -> Option<f64> {
    let plain = text.trim();
    if !plain.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.')) {
        return None;
    }
    plain.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A date in one of the W3C forms of ISO 8601, or in seconds of the epoch, as seconds of the epoch.
pub(crate) fn date(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits_only = text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
    if digits_only && (text.len() > 4 || text.starts_with('-')) {
        return number(text);
    }
    let (day, clock) = match text.split_once(['T', 't', ' ']) {
        Some((day, clock)) => (day, Some(clock)),
        None => (text, None),
    };
    let mut fields = day.splitn(3, '-').map(|field| field.parse::<i64>().ok());
    let year = fields.next()??;
    let month = fields.next().unwrap_or(Some(1))?;
    let day = fields.next().unwrap_or(Some(1))?;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(0..=9999).contains(&year) {
        return None;
    }
    let seconds = clock.map_or(Some(0.0), time_of_day)?;
    Some(days_from_civil(year, month, day) as f64 * 86_400.0 + seconds)
}

/// `10:20:30.5Z`, `10:20+02:00` as seconds since midnight, UTC.
fn time_of_day(text: &str) -> Option<f64> {
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(index) => (text.get(..index)?, text.get(index..)?),
        None => (text, "Z"),
    };
    let mut fields = clock.splitn(3, ':');
    let hours = fields.next()?.parse::<u32>().ok()?;
    let minutes = fields.next().map_or(Some(0), |field| field.parse::<u32>().ok())?;
    let seconds = fields.next().map_or(Some(0.0), number)?;
    if hours > 24 || minutes > 59 || !(0.0..=60.999_999).contains(&seconds) {
        return None;
    }
    let of_day = f64::from(hours) * 3600.0 + f64::from(minutes) * 60.0 + seconds;
    Some(of_day - zone(offset)?)
}

/// The seconds by which a zone is ahead of UTC.
fn zone(text: &str) -> Option<f64> {
    if text.eq_ignore_ascii_case("Z") {
        return Some(0.0);
    }
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let digits = text.get(1..)?;
    let (hours, minutes) = match digits.split_once(':') {
        Some(pair) => pair,
        None if digits.len() == 4 => digits.split_at(2),
        None => (digits, "0"),
    };
    let (hours, minutes) = (hours.parse::<u32>().ok()?, minutes.parse::<u32>().ok()?);
    Some(sign * (f64::from(hours) * 3600.0 + f64::from(minutes) * 60.0))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Whether an address lies within a range; `None` where one of them is none.
pub(crate) fn in_range(range: &str, address: &str) -> Option<bool> {
    let (net, bits) = cidr(range)?;
    let host: IpAddr = address.trim().parse().ok()?;
    Some(match (net, host) {
        (IpAddr::V4(net), IpAddr::V4(host)) => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            u32::from(net) & mask == u32::from(host) & mask
        }
        (IpAddr::V6(net), IpAddr::V6(host)) => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            u128::from(net) & mask == u128::from(host) & mask
        }
        _ => false,
    })
}

fn cidr(text: &str) -> Option<(IpAddr, u32)> {
    let (address, bits) = match text.trim().split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
        None => (text.trim(), None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some((address, bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_all_w3c_forms_and_of_the_epoch_compare() {
        assert_eq!(date("1970"), Some(0.0));
        assert_eq!(date("1970-02"), Some(31.0 * 86_400.0));
        assert_eq!(date("2020-01-01T00:00:01Z"), Some(1_577_836_801.0));
        assert_eq!(date("2020-01-01T02:00:01+02:00"), Some(1_577_836_801.0));
        assert_eq!(date("2020-01-01T00:00:01.500Z"), Some(1_577_836_801.5));
        assert_eq!(date("1577836801"), Some(1_577_836_801.0));
        assert_eq!(date("2020-13-01"), None);
        assert_eq!(date("soon"), None);
    }

    #[test]
    fn an_address_is_in_its_range_only() {
        assert_eq!(in_range("203.0.113.0/24", "203.0.113.7"), Some(true));
        assert_eq!(in_range("203.0.113.0/24", "203.0.114.7"), Some(false));
        assert_eq!(in_range("0.0.0.0/0", "8.8.8.8"), Some(true));
        assert_eq!(in_range("2001:DB8::/32", "2001:db8:1::1"), Some(true));
        assert_eq!(in_range("2001:DB8::/32", "203.0.113.7"), Some(false));
        assert_eq!(in_range("203.0.113.7", "203.0.113.7"), Some(true));
        assert_eq!(in_range("203.0.113.7/33", "203.0.113.7"), None);
    }

    #[test]
    fn words_are_no_numbers() {
        assert_eq!(number("inf"), None);
        assert_eq!(number("NaN"), None);
        assert_eq!(number("1e3"), None);
        assert_eq!(number(" 10 "), Some(10.0));
    }
}
