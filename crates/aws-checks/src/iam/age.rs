//! Ages of credentials in days, from the dates that the account reports.

use tieout_model::time::{Date, macros::format_description};
use tieout_model::{Gap, Setting};

/// The day that a setting holds; `None` where there is none.
pub(crate) fn day(setting: &Setting<String>) -> Result<Option<Date>, Gap> {
    let Some(text) = setting.known()? else { return Ok(None) };
    let date = text.get(..10).unwrap_or(text);
    Date::parse(date, format_description!("[year]-[month]-[day]"))
        .map(Some)
        .map_err(|_| Gap::unsupported(format_args!("the date `{text}`")))
}

/// Days from the date that a setting holds to the day of the audit; `None` where there is none.
pub(crate) fn days(setting: &Setting<String>, as_of: Date) -> Result<Option<i64>, Gap> {
    Ok(day(setting)?.map(|day| (as_of - day).whole_days()))
}
