//! Times of loading, indexing and looking up; a developer's tool.
use std::time::Instant;
fn main() {
    let path = std::env::args().nth(1).unwrap_or_else(|| "/work/shared/advisories/pypi-osv.zip".into());
    let t = Instant::now();
    let all = tieout_advisories::load(path.as_ref()).unwrap();
    println!("load {:?}", t.elapsed());
    let t = Instant::now();
    let bytes = all.to_bytes();
    println!("to_bytes {:?} {} bytes", t.elapsed(), bytes.len());
    let t = Instant::now();
    let again = tieout_advisories::Advisories::from_bytes(&bytes).unwrap();
    println!("from_bytes {:?}", t.elapsed());
    let names: Vec<&str> = again.names().step_by(2).collect();
    let t = Instant::now();
    let n: usize = names.iter().map(|n| again.about(n).unwrap().len()).sum();
    println!("{} lookups {:?} {n}", names.len(), t.elapsed());
    println!(
        "{}",
        std::fs::read_to_string("/proc/self/status")
            .unwrap()
            .lines()
            .filter(|l| l.starts_with("VmHWM"))
            .collect::<String>()
    );
}
