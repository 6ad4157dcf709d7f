//! Which trail covers a region: one of its own or one of every region, that logs management events.

use tieout_aws_state::types::Trail;
use tieout_aws_state::{AwsType, Resource, State};
use tieout_model::{Gap, Setting};

/// The trail that covers a region of an account, and else one that would if it were logging.
///
/// # Errors
/// The gap, where no trail covers it for certain but one may, or the trails could not be listed.
pub(crate) fn of_region(
    state: &State,
    region: &Resource,
    name: &str,
) -> Result<(Option<String>, Option<String>), Gap> {
    let (mut silent, mut gap) = (None, None);
    for (resource, trail) in
        state.all::<Trail>().filter(|(trail, _)| trail.declared.scope == region.declared.scope)
    {
        let label = || resource.subject.name.clone().unwrap_or_else(|| resource.subject.id.clone());
        match covers(resource, trail, name) {
            Ok(false) => {}
            Ok(true) => match records(trail) {
                Ok(true) => return Ok((Some(label()), None)),
                Ok(false) => silent = silent.or_else(|| Some(label())),
                Err(unknown) => gap = gap.or(Some(unknown)),
            },
            Err(unknown) => gap = gap.or(Some(unknown)),
        }
    }
    let account = region.declared.account.as_deref().unwrap_or_default();
    gap.or_else(|| state.population_gap(Trail::NAME, account, Some(name)).cloned())
        .map_or(Ok((None, silent)), Err)
}

fn covers(resource: &Resource, trail: &Trail, name: &str) -> Result<bool, Gap> {
    let home = trail.live.home_region.text().ok().filter(|home| !home.is_empty());
    if home.or(resource.subject.region.as_deref()) == Some(name) {
        return Ok(true);
    }
    trail.is_multi_region_trail.is_true()
}

/// Whether it is switched on and records what changes something.
fn records(trail: &Trail) -> Result<bool, Gap> {
    match trail.is_logging.known()? {
        Some(on) => Ok(*on && records_management(trail)?),
        None => Err(Gap::unsupported("a trail that does not say whether it logs")),
    }
}

/// Whether its selectors let management events in, reading and writing. Without selectors a trail records
/// them all.
fn records_management(trail: &Trail) -> Result<bool, Gap> {
    if trail.live.has_custom_event_selectors.known() == Ok(Some(&false)) {
        return Ok(true);
    }
    let selectors = trail.event_selectors.items()?;
    let advanced = trail.advanced_event_selectors.items()?;
    if selectors.is_empty() && advanced.is_empty() {
        return Ok(true);
    }
    for selector in selectors {
        if selector.include_management_events.is_true()? && selector.read_write_type.text()? != "ReadOnly" {
            return Ok(true);
        }
    }
    for selector in advanced {
        for field in selector.field_selectors.items()? {
            let is = |wanted: &str| {
                let equals = field.equals.items()?;
                Ok::<bool, Gap>(equals.iter().any(|value: &Setting<String>| value.text() == Ok(wanted)))
            };
            if field.field.text()? == "eventCategory" && is("Management")? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
