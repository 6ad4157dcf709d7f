//! How bad an advisory is: computed from CVSS vectors (2.0, 3.0, 3.1, 4.0), else a database's word, else unknown.

use serde::{Deserialize, Serialize};

/// How bad, in the bands of the CVSS v3 and v4 specifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// Nobody says.
    Unknown,
    /// A score of 0.
    None,
    /// Below 4.
    Low,
    /// Below 7.
    Medium,
    /// Below 9.
    High,
    /// From 9.
    Critical,
}

impl Rating {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Rating::Unknown => "unknown",
            Rating::None => "none",
            Rating::Low => "low",
            Rating::Medium => "medium",
            Rating::High => "high",
            Rating::Critical => "critical",
        }
    }

    /// A database's word; GHSA says `MODERATE` for medium.
    pub(crate) fn of_word(word: &str) -> Option<Rating> {
        Some(match word.to_ascii_lowercase().as_str() {
            "none" => Rating::None,
            "low" => Rating::Low,
            "medium" | "moderate" => Rating::Medium,
            "high" | "important" => Rating::High,
            "critical" => Rating::Critical,
            _ => return None,
        })
    }
}

/// A vector that could be read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scored {
    pub(crate) vector: String,
    /// The version of CVSS: 2, 3 or 4.
    version: u8,
    /// The base score, 0 to 10.
    score: f64,
    pub(crate) rating: Rating,
}

/// The vector that decides: of the newest version of CVSS (4 before 3 before 2), the one with the highest score. Of
/// versions 2 and 3 the base score counts; a vector of version 4 has one score, threat metrics and all.
pub(crate) fn decisive<'v>(vectors: impl IntoIterator<Item = &'v str>) -> Option<Scored> {
    let scored = vectors.into_iter().filter_map(score);
    scored.max_by(|a, b| {
        (a.version, a.score).partial_cmp(&(b.version, b.score)).unwrap_or(std::cmp::Ordering::Equal)
    })
}

fn score(text: &str) -> Option<Scored> {
    let text = text.trim();
    let bands = |score: f64| match score {
        score if score >= 9.0 => Rating::Critical,
        score if score >= 7.0 => Rating::High,
        score if score >= 4.0 => Rating::Medium,
        score if score > 0.0 => Rating::Low,
        _ => Rating::None,
    };
    let parsed: cvss::Cvss = text.trim_start_matches('(').trim_end_matches(')').parse().ok()?;
    let version = match parsed {
        cvss::Cvss::CvssV20(_) => 2,
        cvss::Cvss::CvssV30(_) | cvss::Cvss::CvssV31(_) => 3,
        _ => 4,
    };
    let score = parsed.score();
    // CVSS 2.0 has no word above high (NVD: Vulnerability Metrics).
    let rating = if version == 2 { bands(score).min(Rating::High) } else { bands(score) };
    Some(Scored { vector: text.to_owned(), version, score, rating })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rated(vectors: &[&str]) -> Option<(f64, Rating)> {
        decisive(vectors.iter().copied()).map(|scored| (scored.score, scored.rating))
    }

    #[test]
    fn scores_are_those_that_the_databases_publish() {
        // CVE-2021-44228, CVE-2014-0160 (v2 and v3), CVE-2020-14343, CVE-2024-3094 as NVD prints them.
        assert_eq!(rated(&["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"]), Some((10.0, Rating::Critical)));
        assert_eq!(rated(&["AV:N/AC:L/Au:N/C:P/I:N/A:N"]), Some((5.0, Rating::Medium)));
        assert_eq!(rated(&["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"]), Some((7.5, Rating::High)));
        assert_eq!(rated(&["AV:N/AC:L/Au:N/C:C/I:C/A:C"]), Some((10.0, Rating::High)));
        // FIRST's CVSS v4.0 examples.
        let v4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H";
        assert_eq!(rated(&[v4]), Some((10.0, Rating::Critical)));
    }

    #[test]
    fn the_newest_version_of_cvss_decides_and_what_is_no_vector_says_nothing() {
        let v3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L";
        assert_eq!(
            rated(&["AV:N/AC:L/Au:N/C:C/I:C/A:C", v3, "9.8", "CVSS:3.1/AV:N"]),
            Some((5.3, Rating::Medium))
        );
        assert_eq!(rated(&["9.8", ""]), None);
    }
}
