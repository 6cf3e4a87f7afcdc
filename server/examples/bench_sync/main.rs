//! `make bench-sync`: how fast sync is, beside PouchDB and beside a bare PostgreSQL, in one run on one machine. Only the
//! ratios of a run mean anything. It prints; it fails only when something was lost or counted twice.

#![expect(unreachable_pub, reason = "nothing of a program is reachable; `pub` says what its modules share")]
mod bare;
mod entries;
mod office;
mod ours;
mod peer;
mod phone;
mod store;
mod table;

use std::time::Duration;

use bare::Bare;
use office::Office;
use peer::Peer;
use phone::Line;
use table::{
    Goal::{AtLeast, AtMost, None as NoGoal},
    Row, Spread, median,
};

/// How often the bulk measures are taken, ours, the peer's and the bare ones in turn.
const ROUNDS: usize = 3;
const ENTRIES: usize = 10_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let with_peer = std::env::args().nth(1).as_deref() != Some("alone");
    let texts = entries::entries(ENTRIES)?;
    let bytes = texts.iter().map(|text| text.len()).sum::<usize>() / texts.len();
    let office = Box::pin(Office::open()).await?;
    let measured = Box::pin(measure(&office, &texts, with_peer)).await;
    office.close().await?;
    let (rows, head) = measured?;
    say(&format!("{}, {ENTRIES} entries of {bytes} bytes, {head} in the ledger at the end, none lost\n", machine()));
    table::print(&rows);
    Ok(())
}

async fn measure(office: &Office, texts: &[entries::Text], with_peer: bool) -> anyhow::Result<(Vec<Row>, i64)> {
    let line = Line::to(office.address);
    let mut bare = Bare::open(office).await?;
    // Before the peer has anything to tidy up behind what is measured.
    eprint("single entries");
    let (single, bare_single) = Box::pin(ours::single(office, &line, &mut bare, &texts[..400])).await?;
    eprint("requests that write nothing");
    let (floor, floor_each) = Box::pin(ours::floor(office, &line, 50, 60)).await?;
    eprint("small pushes at once");
    let (small, small_times) = Box::pin(ours::small(office, &line, 50, 60, &texts[0])).await?;
    let folder = std::env::temp_dir().join(format!("lanterne-peer-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let mut peer = if with_peer { Some(Peer::start(&folder, texts)?) } else { None };

    let (mut ours, mut theirs, mut bares) = (Vec::new(), Vec::new(), Vec::new());
    bares.push(bare.push(texts).await?);
    for round in 1..=ROUNDS {
        eprint(&format!("bulk, {round} of {ROUNDS}"));
        ours.push(Box::pin(ours::bulk(office, &line, texts)).await?);
        if let Some(peer) = &mut peer {
            theirs.push(peer.does::<peer::Bulk>("bulk").await?);
        }
        bares.push(bare.push(texts).await?);
    }
    eprint("a crowd");
    let crowd = Box::pin(ours::crowd(office, &line, 50, 20, texts)).await?;
    let (mut peer_single, mut peer_crowd, mut peer_small) = (Spread::default(), f64::NAN, f64::NAN);
    if let Some(mut peer) = peer {
        eprint("the peer's");
        peer_single = Spread::of(&peer.does::<peer::Single>("single").await?.times);
        peer_small = peer.does::<peer::Small>("small").await?.each_second;
        peer_crowd = peer.does::<peer::Crowd>("crowd").await?.seconds;
        peer.stop().await?;
    }
    eprint("a herd");
    let herd = Box::pin(ours::herd(office, &line, 1_000, Duration::from_secs(6), texts)).await?;
    let (asked, answered) = Box::pin(ours::idle(office, &line)).await?;
    let last = bare.push(texts).await?;
    let drift = last / bares[0];
    bares.push(last);
    let versions = ours::audit(office).await?;
    std::fs::remove_dir_all(&folder)?;

    let rate = |seconds: f64| 10_000.0 / seconds;
    let each = |seconds: f64| format!("{:.0}/s", rate(seconds));
    let of = |pick: fn(&ours::Bulk) -> f64| median(&ours.iter().map(pick).collect::<Vec<_>>());
    let their = |pick: fn(&peer::Bulk) -> f64| median(&theirs.iter().map(pick).collect::<Vec<_>>());
    let (push, pull, push_bare) = (of(|it| it.push), of(|it| it.pull), of(|it| it.push_bare));
    let ceiling = median(&bares);
    let ms = |spread: Spread| format!("p50 {:.2} ms, p95 {:.2} ms", spread.p50, spread.p95);
    let one_a_row = 1_000.0 / bare_single.p50;
    let row = |what, ours, beside, ratio| Row { what, ours, beside, ratio };
    let rows = vec![
        row(
            "push 10,000 by 100, engine ÷ PouchDB's replication",
            each(push),
            each(their(|it| it.push)),
            Some((their(|it| it.push) / push, AtLeast(4.0))),
        ),
        row(
            "the same, bare messages ÷ PouchDB's bulkDocs",
            each(push_bare),
            each(their(|it| it.push_bare)),
            Some((their(|it| it.push_bare) / push_bare, NoGoal)),
        ),
        row(
            "push 10,000 by 100, bare messages ÷ bare PostgreSQL",
            each(push_bare),
            each(ceiling),
            Some((ceiling / push_bare, AtLeast(0.5))),
        ),
        row("the same, engine ÷ bare PostgreSQL", each(push), each(ceiling), Some((ceiling / push, NoGoal))),
        row(
            "pull 10,000, engine ÷ PouchDB's replication",
            each(pull),
            each(their(|it| it.pull)),
            Some((their(|it| it.pull) / pull, AtLeast(10.0))),
        ),
        row(
            "one entry, p50 ÷ bare single-row commit",
            ms(single),
            ms(bare_single),
            Some((single.p50 / bare_single.p50, AtMost(1.3))),
        ),
        row(
            "of it: a signed-in request that writes nothing, with a bare commit beside a bare commit",
            ms(floor),
            ms(bare_single),
            Some(((floor.p50 + bare_single.p50) / bare_single.p50, NoGoal)),
        ),
        row(
            "one entry beside PouchDB's put",
            ms(single),
            ms(peer_single),
            Some((peer_single.p50 / single.p50, NoGoal)),
        ),
        row(
            "small pushes, 50 at once ÷ one commit a row",
            format!("{small:.0}/s, {}", ms(small_times)),
            format!("{one_a_row:.0}/s"),
            Some((small / one_a_row, AtLeast(5.0))),
        ),
        row(
            "signed-in requests that write nothing, 50 at once ÷ one commit a row",
            format!("{floor_each:.0}/s"),
            format!("{one_a_row:.0}/s"),
            Some((floor_each / one_a_row, NoGoal)),
        ),
        row(
            "small pushes beside PouchDB's put",
            format!("{small:.0}/s"),
            format!("{peer_small:.0}/s"),
            Some((small / peer_small, NoGoal)),
        ),
        row(
            "50 clients × 20 entries, engine beside PouchDB's replication",
            format!("{crowd:.2} s"),
            format!("{peer_crowd:.2} s"),
            Some((peer_crowd / crowd, NoGoal)),
        ),
        row(
            "herd: 1,000 phones within 6 s, pushes of 3",
            format!(
                "{} entries in {:.1} s, {}, longest {:.0} ms",
                herd.entries,
                herd.seconds,
                ms(herd.small),
                herd.small.most
            ),
            format!("their pushes of 100: {}, longest {:.0} ms", ms(herd.large), herd.large.most),
            Some((herd.small.most / 1_000.0, AtMost(1.0))),
        ),
        row(
            "herd: rounds a phone",
            format!("{:.2}", f64::from(u32::try_from(herd.tries)?) / 1_000.0),
            String::new(),
            None,
        ),
        row(
            "no-op round over HTTP/1.1, least headers",
            format!("{asked} B up, {answered} B down"),
            "1,000 B".to_owned(),
            Some((f64::from(u32::try_from(asked + answered)?) / 1_000.0, AtMost(1.0))),
        ),
        row("drift: bare PostgreSQL, last ÷ first", each(last), each(bares[0]), Some((drift, NoGoal))),
    ];
    Ok((rows, versions))
}

#[expect(clippy::print_stderr, reason = "what it is doing, beside the table")]
fn eprint(text: &str) {
    eprintln!("bench-sync: {text}");
}

#[expect(clippy::print_stdout, reason = "above the table")]
fn say(text: &str) {
    println!("{text}");
}

/// Where it ran.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map_or(String::new(), |(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let (name, load) = (read("/proc/sys/kernel/hostname"), read("/proc/loadavg"));
    let load: String = load.split(' ').take(3).collect::<Vec<_>>().join(" ");
    let memory = field(&read("/proc/meminfo"), "MemTotal");
    format!(
        "{}: {cores} × {}, {memory}, load {load} at the end",
        name.trim(),
        field(&read("/proc/cpuinfo"), "model name")
    )
}
