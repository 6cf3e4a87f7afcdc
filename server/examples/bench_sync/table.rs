//! Numbers and how they are printed.

/// Half and most of some times, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spread {
    pub p50: f64,
    pub p95: f64,
    pub most: f64,
}

impl Spread {
    pub fn of(times: &[f64]) -> Self {
        Self { p50: percentile(times, 50), p95: percentile(times, 95), most: percentile(times, 100) }
    }
}

/// The value below which so many of a hundred lie.
pub fn percentile(values: &[f64], of_hundred: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = (sorted.len() * of_hundred).div_ceil(100).saturating_sub(1);
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

pub fn median(values: &[f64]) -> f64 {
    percentile(values, 50)
}

/// One line of the table.
pub struct Row {
    pub what: &'static str,
    pub ours: String,
    pub beside: String,
    /// The ratio, and what it must be at least (or at most).
    pub ratio: Option<(f64, Goal)>,
}

#[derive(Clone, Copy)]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
    None,
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
pub fn print(rows: &[Row]) {
    println!("| Measure | Lanterne | Beside it | Ratio | Goal | |");
    println!("|---|---|---|---|---|---|");
    for Row { what, ours, beside, ratio } in rows {
        let (ratio, goal, reached) = match ratio {
            None => (String::new(), String::new(), ""),
            Some((ratio, Goal::None)) => (format!("{ratio:.2}"), String::new(), ""),
            Some((ratio, Goal::AtLeast(least))) => {
                (format!("{ratio:.2}"), format!("≥ {least}"), if ratio >= least { "reached" } else { "NOT reached" })
            }
            Some((ratio, Goal::AtMost(most))) => {
                (format!("{ratio:.2}"), format!("≤ {most}"), if ratio <= most { "reached" } else { "NOT reached" })
            }
        };
        println!("| {what} | {ours} | {beside} | {ratio} | {goal} | {reached} |");
    }
}
