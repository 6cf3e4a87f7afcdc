//! What our server and our phone do, each measure with people and phones of its own. Whatever is sent must be in the
//! ledger afterwards, once: anything else ends the run.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    task::LocalSet,
};

use app::sync::messages::{MOST_CHANGES, PullRequest};

use crate::{
    bare::Bare,
    entries::Text,
    office::{Office, Person},
    phone::{Line, Phone, create, heartbeat, message},
    table::Spread,
};

/// Seconds to push all entries and to pull them on a second phone, by the engine; and to push them as bare messages.
pub struct Bulk {
    pub push: f64,
    pub pull: f64,
    pub push_bare: f64,
}

pub async fn bulk(office: &Office, line: &Line, texts: &[Text]) -> anyhow::Result<Bulk> {
    let who = office.promeneur("Anne").await?;
    let phone = Phone::of(who.clone(), line);
    phone.note(texts);
    let begun = Instant::now();
    let round = phone.round().await;
    // The round ends with a pull of what was just pushed, which the peer's push has not.
    let push = begun.elapsed().as_secs_f64() - phone.pulled.get();
    ensure!(round.settled == texts.len() && round.fault.is_none(), "not all was pushed: {round:?}");

    let second = Phone::of(Person { device: app::domain::ids::DeviceId(server::clock::fresh_id()), ..who }, line);
    let begun = Instant::now();
    let round = second.round().await;
    let pull = begun.elapsed().as_secs_f64();
    ensure!(round.received == texts.len() && round.fault.is_none(), "not all was pulled: {round:?}");

    let who = office.promeneur("Bruno").await?;
    let begun = Instant::now();
    for (index, hundred) in texts.chunks(100).enumerate() {
        let first = u64::try_from(index * 100)?;
        let ops = hundred.iter().zip(first..).map(|(text, seq)| create(seq, text)).collect();
        let answer = line.push(&who, ops).await;
        ensure!(answer.is_ok_and(|answer| answer.results.len() == hundred.len()), "a batch was not taken");
    }
    Ok(Bulk { push, pull, push_bare: begun.elapsed().as_secs_f64() })
}

/// One entry: bare commits and ours in turn, so that both meet the same disk.
pub async fn single(office: &Office, line: &Line, bare: &mut Bare, texts: &[Text]) -> anyhow::Result<(Spread, Spread)> {
    let who = office.promeneur("Clara").await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for (text, seq) in texts.iter().zip(1..) {
        theirs.push(bare.one(text).await?);
        let ops = vec![create(seq, text)];
        let begun = Instant::now();
        let answer = line.push(&who, ops).await;
        ours.push(begun.elapsed().as_secs_f64() * 1_000.0);
        ensure!(answer.is_ok(), "an entry was not taken");
    }
    // What the first ones warm up is not what a day is like.
    let warm = texts.len() / 10;
    Ok((Spread::of(&ours[warm..]), Spread::of(&theirs[warm..])))
}

/// What a signed-in request costs that writes nothing, one after the other; and how many a second `people` get answered,
/// all at once. A push can be no cheaper.
pub async fn floor(office: &Office, line: &Line, people: usize, each: u32) -> anyhow::Result<(Spread, f64)> {
    let who = office.promeneur("Question").await?;
    let mut times = Vec::new();
    for _ in 0..400 {
        let begun = Instant::now();
        ensure!(line.me(&who).await.is_ok(), "who is calling was not known");
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    let mut tasks = JoinSet::new();
    let begun = Instant::now();
    for _ in 0..people {
        let (line, who) = (line.clone(), who.clone());
        tasks.spawn(async move {
            for _ in 0..each {
                ensure!(line.me(&who).await.is_ok(), "who is calling was not known");
            }
            Ok(each)
        });
    }
    let mut count = 0;
    while let Some(done) = tasks.join_next().await {
        count += done??;
    }
    Ok((Spread::of(&times[40..]), f64::from(count) / begun.elapsed().as_secs_f64()))
}

/// Seconds until `phones` with `each` entries have sent all, all beginning at once.
pub async fn crowd(office: &Office, line: &Line, phones: usize, each: usize, texts: &[Text]) -> anyhow::Result<f64> {
    let mut ready = Vec::with_capacity(phones);
    for index in 0..phones {
        let phone = Phone::of(office.promeneur("Foule").await?, line);
        phone.note(texts.iter().cycle().skip(index).take(each));
        ready.push(phone);
    }
    let begun = Instant::now();
    let local = LocalSet::new();
    let done = local
        .run_until(async {
            let tasks: Vec<_> =
                ready.into_iter().map(|phone| tokio::task::spawn_local(async move { phone.round().await })).collect();
            let mut done = Vec::with_capacity(phones);
            for task in tasks {
                done.push(task.await);
            }
            done
        })
        .await;
    let seconds = begun.elapsed().as_secs_f64();
    for round in done {
        let round = round?;
        ensure!(round.settled == each && round.fault.is_none(), "a phone of the crowd lost something: {round:?}");
    }
    Ok(seconds)
}

/// Entries a second when `people` push one entry after the other, all at once; and how long each took.
pub async fn small(
    office: &Office,
    line: &Line,
    people: usize,
    each: u64,
    text: &Text,
) -> anyhow::Result<(f64, Spread)> {
    let mut who = Vec::with_capacity(people);
    for _ in 0..people {
        who.push(office.promeneur("Petits envois").await?);
    }
    let mut tasks = JoinSet::new();
    let begun = Instant::now();
    for who in who {
        let (line, text) = (line.clone(), text.clone());
        tasks.spawn(async move {
            let mut times = Vec::new();
            for seq in 1..=each {
                let ops = vec![create(seq, &text)];
                let begun = Instant::now();
                if line.push(&who, ops).await.is_err() {
                    bail!("an entry was not taken");
                }
                times.push(begun.elapsed().as_secs_f64() * 1_000.0);
            }
            Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.extend(done??);
    }
    Ok((f64::from(u32::try_from(times.len())?) / begun.elapsed().as_secs_f64(), Spread::of(&times)))
}

/// What a herd came to.
pub struct Herd {
    pub seconds: f64,
    /// Of the phones with little to send, how long each waited for its push.
    pub small: Spread,
    /// Of those with much, how long each batch took.
    pub large: Spread,
    pub tries: usize,
    pub entries: usize,
}

/// A thousand phones come back within a minute, here within `within`: each with three entries, one in twenty with two
/// hundred.
pub async fn herd(
    office: &Office,
    line: &Line,
    phones: usize,
    within: Duration,
    texts: &[Text],
) -> anyhow::Result<Herd> {
    let before = count(office).await?;
    let mut ready = Vec::with_capacity(phones);
    let mut entries = 0;
    for index in 0..phones {
        let phone = Phone::of(office.promeneur("Troupeau").await?, line);
        let each = if index % 20 == 7 { 200 } else { 3 };
        phone.note(texts.iter().cycle().skip(index).take(each));
        entries += each;
        // Spread as by a die, the same every time.
        let at = within.mul_f64(f64::from(u32::try_from(index * 7919 % phones)?) / f64::from(u32::try_from(phones)?));
        ready.push((at, each, Rc::new(phone)));
    }
    let begun = Instant::now();
    let local = LocalSet::new();
    let comers: Vec<(usize, Rc<Phone>)> = ready.iter().map(|(_, each, phone)| (*each, phone.clone())).collect();
    let tries = local
        .run_until(async {
            let tasks: Vec<_> = ready
                .into_iter()
                .map(|(at, _, phone)| {
                    tokio::task::spawn_local(async move {
                        tokio::time::sleep_until((begun + at).into()).await;
                        phone.until_done().await
                    })
                })
                .collect();
            let mut tries = 0;
            for task in tasks {
                tries += task.await?;
            }
            anyhow::Ok(tries)
        })
        .await?;
    let seconds = begun.elapsed().as_secs_f64();
    let kept = count(office).await? - before;
    ensure!(usize::try_from(kept)? == entries, "{entries} were sent and {kept} are kept");
    ensure!(comers.iter().all(|(_, phone)| phone.store.waiting() == 0), "something still waits on a phone");
    let of = |large: bool| {
        let times = comers.iter().filter(|(each, _)| (*each > 100) == large);
        Spread::of(&times.flat_map(|(_, phone)| phone.pushes.borrow().clone()).collect::<Vec<_>>())
    };
    Ok(Herd { seconds, small: of(false), large: of(true), tries, entries })
}

async fn count(office: &Office) -> anyhow::Result<i64> {
    let mut owner = office.owner().await?;
    Ok(sqlx::query_scalar("select count(*) from record").fetch_one(&mut owner).await?)
}

/// Nothing was lost, counted twice or given a version that another has.
pub async fn audit(office: &Office) -> anyhow::Result<i64> {
    let mut owner = office.owner().await?;
    let sound: bool = sqlx::query_scalar(
        "select (select count(*) from record) = (select head from network_counter)
            and (select count(*) from operation where status = 'applied') = (select head from network_counter)
            and (select count(distinct version) from record) = (select head from network_counter)",
    )
    .fetch_one(&mut owner)
    .await?;
    ensure!(sound, "the ledger and its records do not agree");
    let head = sqlx::query_scalar("select head from network_counter").fetch_one(&mut owner).await?;
    Ok(head)
}

/// Bytes on the wire of a round in which nothing happens, both ways, headers and all, over HTTP/1.1 with the least that
/// a client must send.
pub async fn idle(office: &Office, line: &Line) -> anyhow::Result<(usize, usize)> {
    let who = office.promeneur("Calme").await?;
    let phone = Phone::of(who.clone(), line);
    phone.round().await;
    let cursor = phone.store.meta().cursor;
    let request = PullRequest { heartbeat: heartbeat(&who, 0), cursor, limit: MOST_CHANGES };
    let body = message(&request);
    let request = format!(
        "POST /api/v1/sync_pull HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncookie: {}\r\n\
         content-length: {}\r\n\r\n{body}",
        office.address,
        who.cookie,
        body.len()
    );
    let mut stream = TcpStream::connect(office.address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    // The whole answer ends with the object's last bracket; nothing follows until the next request.
    while !answer.ends_with(b"}") {
        ensure!(stream.read_buf(&mut answer).await? > 0, "the answer ended early");
    }
    ensure!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    Ok((request.len(), answer.len()))
}
