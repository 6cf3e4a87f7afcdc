//! `make bench-dashboard`: how long a coordinator's whole page takes over the records of ninety-five departments, beside
//! the same figures by plain SQL over the records, in one run on one machine. Only the ratios of a run mean anything.
//! It prints; it fails only when a figure of a page is not what the records say.

#![expect(unreachable_pub, reason = "nothing of a program is reachable; `pub` says what its modules share")]
#[path = "../bench_sync/office.rs"]
#[expect(dead_code, reason = "the bench of sync also asks for phones")]
mod office;
mod page;
mod population;
mod push;
mod recount;
#[path = "../bench_sync/table.rs"]
#[expect(dead_code, reason = "the bench of sync also tells the longest")]
mod table;

use std::time::{Duration, Instant};

use anyhow::Context;
use office::Office;
use page::Reader;
use population::{Department, Population};
use table::{
    Goal::{AtLeast, AtMost},
    Row, Spread, median,
};

/// How often a page is asked for, and for how long at most.
const VIEWS: usize = 300;
const LONGEST: Duration = Duration::from_secs(20);
/// Records of the whole base, unless the command says otherwise. Of a larger one the country is not counted again: plain SQL
/// over ten million records in one network takes half an hour.
const RECORDS: usize = 2_000_000;
/// Records of the department that is looked at before and after the base grows tenfold.
const MARKED: usize = 20_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let records = match std::env::args().nth(1) {
        Some(text) => text.parse().context("a number of records")?,
        None => RECORDS,
    };
    let office = Box::pin(Office::open()).await?;
    let measured = Box::pin(measure(&office, records)).await;
    office.close().await?;
    let rows = measured?;
    let all = if records <= RECORDS { "" } else { ", but for the country" };
    say(&format!("{records} records in 95 departments over 23 months, every figure equal to a recount{all}\n"));
    table::print(&rows);
    Ok(())
}

async fn measure(office: &Office, records: usize) -> anyhow::Result<Vec<Row>> {
    let mut population = Population::new()?;
    let reader = Reader::of(office.address);
    note("the department that is looked at, and a tenth of the others");
    let marked = population.department(office, "marked", MARKED).await?;
    let mut departments = Vec::new();
    for (at, size) in population::sizes(records / 10).into_iter().enumerate() {
        departments.push(population.department(office, &format!("tenth {at}"), size).await?);
    }
    population.built().await?;
    settle(office).await?;
    let before = look(&reader, &marked, "2025-2026", "reseau").await?;
    note("the others");
    for (at, size) in population::sizes(records - records / 10 - MARKED).into_iter().enumerate() {
        departments.push(population.department(office, &format!("whole {at}"), size).await?);
    }
    population.built().await?;
    settle(office).await?;
    let after = look(&reader, &marked, "2025-2026", "reseau").await?;
    departments.sort_by_key(|department| department.records);
    let (largest, middle) = (departments.last().context("a department")?, &departments[departments.len() * 3 / 4]);
    let mut rows = vec![Row {
        what: "the page of a school year over a base ten times larger",
        ours: after.page(),
        beside: before.page(),
        ratio: Some((after.times.p50 / before.times.p50, AtMost(1.3))),
    }];
    for (name, department) in [("a department of the middle", middle), ("the largest department", largest)] {
        note(name);
        for (what, period) in [("school year", "2025-2026"), ("running year", "2026"), ("month", "2026-10")] {
            let seen = look(&reader, department, period, "reseau").await?;
            let sql = recount::check(office, &reader, department, period).await?;
            rows.push(Row {
                what: Box::leak(format!("{name} ({} records), {what}", department.records).into_boxed_str()),
                ours: seen.page(),
                beside: format!("plain SQL over the records {:.1} ms", median(&sql)),
                ratio: Some((median(&sql) / seen.times.p50, AtLeast(25.0))),
            });
            rows.push(Row {
                what: "its p99 in milliseconds, of the server alone",
                ours: format!(
                    "p50 {:.2} ms, p99 {:.2} ms (p99 {:.2} ms for the reader)",
                    seen.served.p50, seen.p99, seen.p99_read
                ),
                beside: format!("{:.1} kB brotli", seen.packed / 1_000.0),
                ratio: Some((seen.p99, AtMost(5.0))),
            });
        }
    }
    note("one network of all departments");
    let country = population.network(office, "country", &population::sizes(records)).await?;
    population.built().await?;
    settle(office).await?;
    let one = country.territories[country.territories.len() / 4];
    for (what, period, scope) in [
        ("the whole country in one network, school year", "2025-2026", "reseau".to_owned()),
        ("the same, running year", "2026", "reseau".to_owned()),
        ("the same, month", "2026-10", "reseau".to_owned()),
        ("a department in it, school year", "2025-2026", format!("territoire:{one}")),
        ("the same, month", "2026-10", format!("territoire:{one}")),
    ] {
        let seen = look(&reader, &country, period, &scope).await?;
        rows.push(Row {
            what,
            ours: format!("{}; of the server alone p99 {:.2} ms", seen.page(), seen.p99),
            beside: format!("{:.1} kB brotli", seen.packed / 1_000.0),
            ratio: Some((seen.p99, AtMost(60.0))),
        });
    }
    if records <= RECORDS {
        recount::check(office, &reader, &country, "2025-2026").await?;
    }
    note("pushes");
    for (what, ops) in [("an evening of 7 entries", 7), ("a batch of 100 entries, some weeks", 100)] {
        let cost = push::cost(office, ops).await?;
        rows.push(Row {
            what,
            ours: format!("{:.2} ms", cost.whole),
            beside: format!("of it for the projections {:.2} ms", cost.projections),
            ratio: Some((cost.whole / (cost.whole - cost.projections), AtMost(1.3))),
        });
    }
    rows.push(Row { what: "size of the base", ours: office_size(office).await?, beside: String::new(), ratio: None });
    Ok(rows)
}

/// What a page took, in milliseconds.
struct Seen {
    /// Until the reader had it all.
    times: Spread,
    p99_read: f64,
    /// Until the server had made it all.
    served: Spread,
    p99: f64,
    packed: f64,
}

impl Seen {
    fn page(&self) -> String {
        format!("p50 {:.2} ms, p95 {:.2} ms", self.times.p50, self.times.p95)
    }
}

async fn look(reader: &Reader, department: &Department, period: &str, scope: &str) -> anyhow::Result<Seen> {
    let path = format!("/coordination?periode={period}&perimetre={scope}");
    let (mut times, mut served) = (Vec::with_capacity(VIEWS), Vec::with_capacity(VIEWS));
    for _ in 0..5 {
        reader.page(&department.cookie, &path, false).await?;
    }
    let begun = Instant::now();
    while times.len() < VIEWS && begun.elapsed() < LONGEST {
        let page = reader.page(&department.cookie, &path, false).await?;
        times.push(page.took);
        served.push(page.served);
    }
    let bytes = reader.page(&department.cookie, &path, true).await?.bytes;
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let packed = bytes.len() as f64;
    Ok(Seen {
        times: Spread::of(&times),
        p99_read: table::percentile(&times, 99),
        served: Spread::of(&served),
        p99: table::percentile(&served, 99),
        packed,
    })
}

/// As a base is that has been in use for a while.
async fn settle(office: &Office) -> anyhow::Result<()> {
    let mut owner = office.owner().await?;
    sqlx::query("vacuum (analyze)").execute(&mut owner).await?;
    sqlx::query("checkpoint").execute(&mut owner).await?;
    Ok(())
}

async fn office_size(office: &Office) -> anyhow::Result<String> {
    let mut owner = office.owner().await?;
    let statement =
        "select string_agg(relname || ' ' || pg_size_pretty(pg_total_relation_size(oid)), ', ' order by relname)
        from pg_class where relname in ('record', 'figure_day', 'network_month')";
    Ok(sqlx::query_scalar(statement).fetch_one(&mut owner).await?)
}

#[expect(clippy::print_stdout, reason = "what was measured is what this program is for")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "how far it has come")]
fn note(text: &str) {
    eprintln!("bench: {text}");
}
