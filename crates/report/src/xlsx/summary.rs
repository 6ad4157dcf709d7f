//! The first sheet: what was looked at, the counts with charts, notices, and the way to the other sheets.

use super::Book;
use super::grid::{Address, cell_text, column_number, print_setup};
use super::style::{self, Styles};
use crate::tally::worst_first;
use crate::words;
use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartFormat, ChartLegendPosition, ChartSolidFill, Url, Worksheet, XlsxError,
};
use tieout_model::{Assessment, Status};

const SHEET: &str = "Summary";
/// The order of the statuses in table and chart.
const STATUSES: [Status; 4] = [Status::Pass, Status::Fail, Status::NotAssessed, Status::NotApplicable];
/// Columns that the tables take, before the charts.
const CHART_COLUMN: u16 = 8;

/// Writes the sheet.
pub(crate) fn write(book: &mut Book<'_>) -> Result<(), XlsxError> {
    let contents = contents(book);
    let mut page = Page { sheet: Worksheet::new(), styles: &book.styles, row: 0 };
    page.sheet.set_name(SHEET)?;
    page.sheet.set_screen_gridlines(false);
    page.sheet.set_column_width(0, 26)?;
    page.sheet.set_column_range_width(1, 7, 13)?;
    print_setup(&mut page.sheet);
    page.scope(book.assessment)?;
    page.statuses(book)?;
    page.severities(book)?;
    page.notices(&book.assessment.notices)?;
    page.contents(&contents)?;
    let sheet = page.sheet;
    book.workbook.push_worksheet(sheet);
    Ok(())
}

/// Each sheet: its title, where it is, what it holds.
fn contents(book: &Book<'_>) -> Vec<(String, String, String)> {
    let to = &book.addresses;
    let entry = |address: &Address, note: &str| (address.sheet().to_owned(), address.top(), note.to_owned());
    let mut contents = vec![
        entry(&to.findings, "Every finding, the worst first; what was excepted or suppressed is there too."),
        entry(&to.checks, "Each check with its denominators."),
        entry(&to.results, "Every verdict on every subject, passes too."),
        entry(&to.not_assessed, "What could not be known, and what would settle it."),
    ];
    for (address, table) in to.tables.iter().zip(&book.assessment.tables) {
        contents.push(entry(address, &format!("{}. {}", table.title, table.note)));
    }
    contents.extend([
        entry(&to.evidence, "Which call or file said so, with its hash."),
        entry(&to.catalogue, "What each check asks, why, and how to fix."),
        entry(&to.sign_off, "For the auditor to fill in and sign."),
    ]);
    contents
}

/// The sheet being written, and the next free row.
struct Page<'a> {
    sheet: Worksheet,
    styles: &'a Styles,
    row: u32,
}

impl Page<'_> {
    fn scope(&mut self, assessment: &Assessment) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(0, 0, "Security assessment", &self.styles.title)?;
        self.row = 2;
        let tool = &assessment.tool;
        self.fact("As of", &assessment.as_of)?;
        self.fact("Made with", &format!("{} {}", tool.name, tool.version))?;
        let dates: Vec<String> = tool.data.iter().map(|(name, date)| format!("{name} {date}")).collect();
        self.fact("Data of", &dates.join(", "))?;
        self.fact("Folders and files", &assessment.scope.roots.join(", "))?;
        for account in &assessment.scope.accounts {
            self.fact("Account", &format!("{}: {}", account.id, account.regions.join(", ")))?;
        }
        self.fact("Endpoints", &assessment.scope.endpoints.join(", "))?;
        if !assessment.complete {
            let words = "Incomplete: something that was asked for could not be seen at all.";
            self.sheet.write_string_with_format(self.row, 0, words, &self.styles.warning)?;
            self.row += 1;
        }
        Ok(())
    }

    fn fact(&mut self, label: &str, value: &str) -> Result<(), XlsxError> {
        if value.is_empty() {
            return Ok(());
        }
        self.sheet.write_string_with_format(self.row, 0, label, &self.styles.label)?;
        self.sheet.write_string(self.row, 1, cell_text(value))?;
        self.row += 1;
        Ok(())
    }

    fn heading(&mut self, text: &str) -> Result<(), XlsxError> {
        self.row += 1;
        self.sheet.write_string_with_format(self.row, 0, text, &self.styles.heading)?;
        self.row += 1;
        Ok(())
    }

    fn header(&mut self, titles: &[&str]) -> Result<(), XlsxError> {
        for (at, title) in titles.iter().enumerate() {
            self.sheet.write_string_with_format(self.row, column_number(at)?, *title, &self.styles.header)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A name and numbers behind it.
    fn counts(&mut self, name: &str, counts: &[usize]) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.row, 0, cell_text(name), &self.styles.label)?;
        for (at, count) in counts.iter().enumerate() {
            let column = column_number(at + 1)?;
            self.sheet.write_number_with_format(self.row, column, *count as f64, &self.styles.count)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Results by engine and status, with a doughnut of all.
    fn statuses(&mut self, book: &Book<'_>) -> Result<(), XlsxError> {
        self.heading("Results")?;
        let mut titles = vec!["Engine"];
        titles.extend(STATUSES.map(style::status_word));
        titles.extend(["Total", "Passed of judged"]);
        self.header(&titles)?;
        let header = self.row - 1;
        let all = [("All", &book.tally.results)];
        let engines = book.tally.engines.iter().map(|(name, engine)| (*name, &engine.results));
        for (name, results) in engines.chain(all) {
            let counts =
                [results.pass, results.fail, results.not_assessed, results.not_applicable, results.total()];
            let row = self.row;
            self.counts(name, &counts)?;
            if let Some(rate) = results.pass_rate() {
                self.sheet.write_number_with_format(row, 6, rate, &self.styles.percent)?;
            }
        }
        let total = self.row - 1;
        let mut chart = Chart::new_doughnut();
        chart
            .add_series()
            .set_categories((SHEET, header, 1, header, 4))
            .set_values((SHEET, total, 1, total, 4))
            .set_point_colors(&STATUSES.map(style::status))
            .set_data_label(ChartDataLabel::new().show_percentage());
        chart.title().set_name("Results by status");
        chart.legend().set_position(ChartLegendPosition::Right);
        chart.set_width(460).set_height(260).set_alt_text("Results by status, a doughnut");
        self.sheet.insert_chart(1, CHART_COLUMN, &chart)?;
        Ok(())
    }

    /// Open findings by engine and severity, with stacked bars.
    fn severities(&mut self, book: &Book<'_>) -> Result<(), XlsxError> {
        self.heading("Open findings")?;
        let mut titles = vec!["Engine"];
        titles.extend(worst_first().map(words::severity));
        titles.push("Total");
        self.header(&titles)?;
        let first = self.row;
        for (name, engine) in &book.tally.engines {
            let mut counts: Vec<usize> = worst_first().map(|severity| engine.open.of(severity)).collect();
            counts.push(engine.open.total());
            self.counts(name, &counts)?;
        }
        let last = self.row.saturating_sub(1);
        if last >= first {
            self.severity_chart(first, last)?;
        }
        let mut counts: Vec<usize> = worst_first().map(|severity| book.tally.open.of(severity)).collect();
        counts.push(book.tally.open.total());
        self.counts("All", &counts)?;
        let tally = &book.tally;
        self.row += 1;
        self.header(&["Set aside", "Excepted", "Suppressed", "In the baseline"])?;
        self.counts("Findings", &[tally.excepted, tally.suppressed, tally.baseline])
    }

    fn severity_chart(&mut self, first: u32, last: u32) -> Result<(), XlsxError> {
        let mut chart = Chart::new(rust_xlsxwriter::ChartType::BarStacked);
        for (at, severity) in worst_first().enumerate() {
            let column = column_number(at + 1)?;
            let fill = ChartSolidFill::new().set_color(style::severity(severity)).clone();
            chart
                .add_series()
                .set_name((SHEET, first - 1, column))
                .set_categories((SHEET, first, 0, last, 0))
                .set_values((SHEET, first, column, last, column))
                .set_format(ChartFormat::new().set_solid_fill(&fill));
        }
        chart.title().set_name("Open findings by engine and severity");
        chart.legend().set_position(ChartLegendPosition::Bottom);
        chart.y_axis().set_num_format("0");
        chart
            .set_width(460)
            .set_height(280)
            .set_alt_text("Open findings by engine and severity, stacked bars");
        self.sheet.insert_chart(15, CHART_COLUMN, &chart)?;
        Ok(())
    }

    fn notices(&mut self, notices: &[String]) -> Result<(), XlsxError> {
        if notices.is_empty() {
            return Ok(());
        }
        self.heading("Notices")?;
        for notice in notices {
            self.sheet.write_string(self.row, 0, cell_text(notice))?;
            self.row += 1;
        }
        Ok(())
    }

    fn contents(&mut self, contents: &[(String, String, String)]) -> Result<(), XlsxError> {
        self.heading("Sheets")?;
        for (name, link, note) in contents {
            let url = Url::new(link.as_str()).set_text(cell_text(name));
            self.sheet.write_url_with_format(self.row, 0, url, &self.styles.link)?;
            self.sheet.write_string(self.row, 1, cell_text(note))?;
            self.row += 1;
        }
        Ok(())
    }
}
