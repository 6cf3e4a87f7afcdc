//! Whoever wants in, or wants what is not theirs: guesses, forged and old sessions, other people's ids, other sites, heads that never
//! end, bodies without end. Each test tells how often it tried and how often it was refused; `make attack` tries more and prints it
//! as a table (what is bent on its way is `hostile`).

mod foreign;
mod guards;
mod guesses;

/// How often: a little, or as `make attack` does.
fn tries(usually: usize, long: usize) -> usize {
    if std::env::var_os("LANTERNE_ATTACK").is_some() { long } else { usually }
}

/// A line of the table.
#[expect(clippy::print_stdout, reason = "make attack reads it")]
pub fn told(what: &str, tried: usize, refused: usize, beside: &str) {
    println!("attack | {what} | {tried} | {refused} | {beside} |");
}

/// Holds what this process has grown by against a limit; only where no other test runs beside.
fn is_bounded(grown_kb: u64, limit_kb: u64) {
    if std::env::var_os("LANTERNE_ATTACK").is_some() {
        assert!(grown_kb < limit_kb, "{grown_kb} kB");
    }
}

/// What this process, in which the server runs too, holds of the machine's memory.
fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
