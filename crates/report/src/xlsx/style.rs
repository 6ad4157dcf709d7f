//! Colours, formats and dates of the workbook.

use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, FormatBorder};
use tieout_model::{Severity, Status};

/// The colour of headers and titles.
pub(crate) const INK: Color = Color::RGB(0x22_30_44);
const PAPER: Color = Color::RGB(0xF3_F5_F8);
const GREY: Color = Color::RGB(0x7A_84_92);
const LINK: Color = Color::RGB(0x1F_5F_BF);

/// The colour of a severity, for charts and cells.
pub(crate) fn severity(severity: Severity) -> Color {
    Color::RGB(match severity {
        Severity::Critical => 0x8E_1B_3A,
        Severity::High => 0xD6_45_45,
        Severity::Medium => 0xF0_A0_30,
        Severity::Low => 0x5B_8D_EF,
        Severity::Info => 0x9A_A5_B1,
    })
}

/// The colour of a status, for charts.
pub(crate) fn status(status: Status) -> Color {
    Color::RGB(match status {
        Status::Pass => 0x3C_9D_5B,
        Status::Fail => 0xD6_45_45,
        Status::NotAssessed => 0xF0_A0_30,
        Status::NotApplicable => 0xC4_CB_D3,
    })
}

/// The word of a status in a cell.
pub(crate) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Pass => "Pass",
        Status::Fail => "Fail",
        Status::NotAssessed => "Not assessed",
        Status::NotApplicable => "Not applicable",
    }
}

/// A date from `YYYY-MM-DD`; none from anything else.
pub(crate) fn date(text: &str) -> Option<ExcelDateTime> {
    let mut parts = text.split('-');
    let year: u16 = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let month: u8 = parts.next().filter(|month| month.len() == 2)?.parse().ok()?;
    let day: u8 = parts.next().filter(|day| day.len() == 2)?.parse().ok()?;
    if parts.next().is_some() {
        return None;
    }
    ExcelDateTime::from_ymd(year, month, day).ok()
}

/// Every format that is used, made once.
pub(crate) struct Styles {
    pub(crate) title: Format,
    pub(crate) heading: Format,
    pub(crate) header: Format,
    pub(crate) label: Format,
    pub(crate) text: Format,
    pub(crate) number: Format,
    pub(crate) count: Format,
    pub(crate) percent: Format,
    pub(crate) date: Format,
    pub(crate) link: Format,
    pub(crate) unknown: Format,
    pub(crate) warning: Format,
    pub(crate) field: Format,
    severities: [Format; 5],
    statuses: [Format; 4],
}

impl Styles {
    pub(crate) fn new() -> Styles {
        let cell = || Format::new().set_align(FormatAlign::Top);
        let filled =
            |color: Color, ink: Color| cell().set_background_color(color).set_font_color(ink).set_bold();
        let severities = Severity::ALL.map(|level| {
            let ink = if level == Severity::Medium { Color::Black } else { Color::White };
            filled(severity(level), ink)
        });
        Styles {
            title: Format::new().set_bold().set_font_size(18).set_font_color(INK),
            heading: Format::new().set_bold().set_font_size(13).set_font_color(INK),
            header: Format::new()
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(INK)
                .set_align(FormatAlign::VerticalCenter)
                .set_text_wrap(),
            label: cell().set_bold().set_background_color(PAPER),
            text: cell().set_text_wrap(),
            number: cell().set_num_format("#,##0.##########"),
            count: cell().set_num_format("#,##0"),
            percent: cell().set_num_format("0.0%"),
            date: cell().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            link: cell()
                .set_text_wrap()
                .set_font_color(LINK)
                .set_underline(rust_xlsxwriter::FormatUnderline::Single),
            unknown: cell().set_text_wrap().set_italic().set_font_color(GREY).set_background_color(PAPER),
            warning: cell().set_bold().set_font_color(severity(Severity::High)),
            field: cell().set_text_wrap().set_border_bottom(FormatBorder::Thin),
            severities,
            statuses: [
                cell().set_font_color(Color::RGB(0x1E_6B_3A)).set_background_color(Color::RGB(0xE3_F4_E8)),
                cell()
                    .set_font_color(Color::RGB(0x9B_1C_1C))
                    .set_background_color(Color::RGB(0xFB_E3_E3))
                    .set_bold(),
                cell().set_font_color(Color::RGB(0x8A_5A_00)).set_background_color(Color::RGB(0xFD_F1_DA)),
                cell().set_font_color(GREY),
            ],
        }
    }

    /// The format of a severity's cell.
    pub(crate) fn severity(&self, severity: Severity) -> &Format {
        self.severities.get(severity as usize).unwrap_or(&self.text)
    }

    /// The format of a status's cell.
    pub(crate) fn status(&self, status: Status) -> &Format {
        self.statuses.get(status as usize).unwrap_or(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_dates_are_dates() {
        assert!(date("2026-11-23").is_some());
        for wrong in [
            "",
            "2026-11",
            "2026-13-01",
            "2026-02-30",
            "23-11-2026",
            "2026-11-23T10:00",
            "26-1-1",
            "-1-01-01",
        ] {
            assert!(date(wrong).is_none(), "{wrong}");
        }
    }
}
