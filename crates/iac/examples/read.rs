//! Reads a folder and prints what was found: for measuring, and for looking at one template (`--dump`).

use std::collections::BTreeMap;
use std::path::Path;
use tieout_iac::{Options, read_folder};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let dump = arguments.iter().any(|argument| argument == "--dump");
    let gaps = arguments.iter().any(|argument| argument == "--gaps");
    let root = arguments.iter().find(|argument| !argument.starts_with("--")).map_or(".", String::as_str);
    let mut options = Options::default();
    options.walk.respect_ignore_files = false;
    let reading = read_folder(Path::new(root), &options)?;
    if dump {
        for resource in &reading.resources {
            let (file, line) = resource.at.file_line().unwrap_or_default();
            let row = serde_json::json!({
                "id": &*resource.local, "type": &*resource.type_name, "properties": resource.properties.to_json(),
                "file": file, "line": line, "uncertain": resource.uncertain.as_ref().map(|gap| gap.what.to_string()),
                "scope": format!("{:?}", resource.scope), "name": resource.name.as_deref(),
            });
            println!("{row}");
        }
        return Ok(());
    }
    if gaps {
        for (gap, at) in &reading.gaps {
            println!("{:?} {gap}", at.file_line().unwrap_or_default());
        }
    }
    let mut dialects: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &reading.files {
        *dialects.entry(file.dialect).or_default() += 1;
    }
    println!("files {dialects:?}");
    println!(
        "resources {} gaps {} suppressions {}",
        reading.resources.len(),
        reading.gaps.len(),
        reading.suppressions.len()
    );
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        for line in status.lines().filter(|line| line.starts_with("VmHWM")) {
            println!("{line}");
        }
    }
    Ok(())
}
