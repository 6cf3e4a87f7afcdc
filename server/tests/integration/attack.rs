//! Whoever wants in, or wants what is not theirs: guesses, forged and old sessions, other people's ids, other sites, heads that never
//! end, bodies without end. Each test tells how often it tried and how often it was refused; `make attack` tries more and prints it
//! as a table (what is bent on its way is `hostile`).

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use app::domain::{ids::SchemeId, scope::Scope};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use server::{
    auth::{password, token::Token},
    clock::{self, fresh_id},
    db::{
        invitations, keys, network_life,
        people::{self, Place},
        reports,
    },
    http::{coordination, own},
};
use sqlx::AssertSqlSafe;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::{
    harness::{Answer, Office, PASSPHRASE, Unannounced},
    messages::{Person, fresh_record, meeting, upsert},
};

/// How often: a little, or as `make attack` does.
fn tries(usually: usize, long: usize) -> usize {
    if std::env::var_os("LANTERNE_ATTACK").is_some() { long } else { usually }
}

/// A line of the table.
#[expect(clippy::print_stdout, reason = "make attack reads it")]
fn told(what: &str, tried: usize, refused: usize, beside: &str) {
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

async fn with_passphrase(office: &Office, who: &Person) -> String {
    let hash = password::hash(PASSPHRASE.to_owned()).await.expect("long enough");
    sqlx::query_scalar("update account set password_hash = $1 where id = $2 returning login")
        .bind(&hash)
        .bind(who.me.account.0)
        .fetch_one(&mut office.owner().await)
        .await
        .expect("an account")
}

async fn sign_in(office: &Office, login: &str, phrase: &str, address: &str, cookies: &str) -> Answer {
    let body = serde_urlencoded::to_string([("identifiant", login), ("phrase", phrase)]).expect("a form");
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookies)
        .header("x-forwarded-for", address);
    office.send(request, "/connexion", Body::from(body)).await
}

fn cookies(answer: &Answer) -> String {
    let all = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()?.split(';').next());
    all.collect::<Vec<_>>().join("; ")
}

/// One name from many addresses, and many names from one: throttled, never let in; and the person whose name it is comes in from the
/// browser they always use.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_passphrases_leads_nowhere_and_locks_nobody_out() {
    let office = Arc::new(Office::open().await);
    let who = office.coordinator().await;
    let login = with_passphrase(&office, &who).await;
    let browser = cookies(&sign_in(&office, &login, PASSPHRASE, "192.0.2.1", "").await);
    let count = tries(300, 10_000);
    let before = resident_kb();
    let mut guesses = JoinSet::new();
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    for number in 0..count {
        let (office, login) = (office.clone(), login.clone());
        guesses.spawn(async move {
            // Half at the one name, from ever other addresses; half at ever other names, from one.
            let (login, address) = if number % 2 == 0 {
                (login, format!("198.51.{}.{}", number / 256 % 256, number % 256))
            } else {
                (format!("nom{number}@essai"), "203.0.113.7".to_owned())
            };
            sign_in(&office, &login, &format!("devine numéro {number}"), &address, "").await.status.as_u16()
        });
        if guesses.len() >= 16 {
            *statuses.entry(guesses.join_next().await.expect("one").expect("an answer")).or_default() += 1;
        }
    }
    for status in guesses.join_all().await {
        *statuses.entry(status).or_default() += 1;
    }
    // 401: looked at, and wrong; 429: not looked at; 503: too many at once at the door.
    assert!(statuses.keys().all(|status| [401, 429, 503].contains(status)), "{statuses:?}");
    let looked_at = statuses.get(&401).copied().unwrap_or_default();
    assert!(looked_at <= 10 + 100, "{statuses:?}");
    assert_eq!(sign_in(&office, &login, PASSPHRASE, "198.51.100.9", "").await.status, StatusCode::TOO_MANY_REQUESTS);
    let rightful = sign_in(&office, &login, PASSPHRASE, "203.0.113.7", &browser).await;
    assert_eq!(rightful.status, StatusCode::SEE_OTHER, "from the browser of always, even at the worn out address");
    let grown = resident_kb().saturating_sub(before);
    is_bounded(grown, 200_000);
    told(
        "passphrases guessed",
        count,
        count,
        &format!("{looked_at} looked at, the rest throttled; +{} MB", grown / 1024),
    );
}

/// Tokens made up, bent, of the past, of other cookies.
#[tokio::test]
async fn no_session_is_forged_or_comes_back() {
    let office = Office::open().await;
    let who = office.coordinator().await;
    let real = who.cookie.strip_prefix("lanterne=").expect("a cookie").to_owned();
    let count = tries(300, 10_000);
    let mut tried = 0;
    let refused = async |cookie: &str| {
        let me = office.post_json("/api/v1/me", cookie, "").await.refusal();
        assert_eq!(me, (401, "signed_out".to_owned()), "{cookie}");
        assert_eq!(office.get("/coordination/equipe", cookie).await.status, StatusCode::SEE_OTHER);
    };
    for at in 0..real.len() {
        let mut bent = real.clone().into_bytes();
        bent[at] = if bent[at] == b'0' { b'1' } else { b'0' };
        refused(&format!("lanterne={}", String::from_utf8(bent).expect("digits"))).await;
        tried += 1;
    }
    for _ in 0..count {
        refused(&format!("lanterne={}", Token::fresh().expect("random bytes").text())).await;
        tried += 1;
    }
    for odd in [
        "",
        "lanterne=",
        "lanterne=' or true --",
        "lanterne=%00",
        &format!("lanterne={real}0"),
        &format!("lanterne-navigateur={real}"),
        &format!("__Host-lanterne={real}"),
        &format!("lanterne={};", real.to_uppercase().replace(|it: char| it.is_ascii_digit(), "f")),
    ] {
        refused(odd).await;
        tried += 1;
    }
    // Its own end, that of its access, and a new passphrase.
    let old = office.sign_in_as(who.me.clone()).await;
    office.send(Request::post("/").header(header::COOKIE, &old.cookie), "/deconnexion", Body::empty()).await;
    refused(&old.cookie).await;
    sqlx::query("update session set expires_at = now()").execute(&mut office.owner().await).await.expect("over");
    refused(&who.cookie).await;
    let closed = office.sign_in_as(who.me.clone()).await;
    sqlx::query("update account set disabled_at = now()").execute(&mut office.owner().await).await.expect("closed");
    refused(&closed.cookie).await;
    told("sessions forged or old", tried + 3, tried + 3, "");
}

/// The same operation a thousand times, and a link a second time.
#[tokio::test]
async fn what_was_sent_once_counts_once_however_often_it_comes() {
    let office = Office::open().await;
    let (who, coordinator) = (office.promeneur("Anne").await, office.coordinator().await);
    let op = upsert(fresh_record(), None, &meeting(3));
    let count = tries(100, 1_000);
    for _ in 0..count {
        office.push(&who, std::slice::from_ref(&op)).await;
    }
    assert_eq!(office.number("select count(*) from operation").await, 1);
    let other = office.promeneur("Bruno").await;
    assert_eq!(
        crate::messages::statuses(&office.push(&other, &[op]).await),
        ["rejected"],
        "another person's operation"
    );
    let fields = [("personne", "Caf"), ("role", "caf")];
    let page = office.submit(&coordinator, "/coordination/equipe/invitations", &fields).await.text();
    let link = page.split("/invitation/").nth(1).and_then(|rest| rest.get(..64)).expect("a link");
    let path = format!("/invitation/{link}");
    let accept = async |login: &str| office.form(&path, &[("identifiant", login), ("phrase", PASSPHRASE)]).await;
    assert_eq!(accept("caf@essai").await.status, StatusCode::SEE_OTHER);
    for number in 0..10 {
        assert_eq!(accept(&format!("autre{number}@essai")).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(office.number("select count(*) from account where role = 'caf'").await, 1);
    told("operations and links sent again", count + 11, count + 11, "the same answer, counted once");
}

/// Ids of another network, one of each kind.
async fn foreign(office: &Office) -> (SchemeId, Vec<String>) {
    let elsewhere = clock::fresh_scheme();
    people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let coordinator = office.coordinator_of(elsewhere).await;
    let claire = office.promeneur_of(elsewhere, "Claire Secrète").await;
    office.pull(&claire, None, 1).await;
    office.push(&claire, &[upsert(fresh_record(), None, &meeting(2))]).await;
    let caf = office.account_of(elsewhere, "Caf Secrète", Place::Caf).await;
    let mut tx = office.db.of(elsewhere).await.expect("a transaction");
    let me = &coordinator.me;
    let invitee = invitations::Invitee::Newcomer(Place::Caf);
    invitations::create(&mut tx, me, "Secrète", invitee, elsewhere.0.as_bytes()).await.expect("an invitation");
    keys::create(&mut tx, me, "Clé secrète", elsewhere.0.as_bytes()).await.expect("a key");
    let structures = network_life::territories(&mut tx).await.expect("structures");
    network_life::place(&mut tx, me, &[(structures[0].0.id, "Territoire secret".to_owned())]).await.expect("placed");
    let choices = reports::choices(&mut tx).await.expect("choices");
    tx.commit().await.expect("committed");
    office.submit(&coordinator, "/coordination/bilans/publier", &[("periode", "2025"), ("numero", "1")]).await;
    let event =
        [("id", &*fresh_id().to_string()), ("nature", "training"), ("jour", "2026-11-02"), ("sujet", "Sujet secret")];
    office.submit(&coordinator, "/coordination/reseau", &event).await;
    office
        .upload_to(
            &coordinator,
            "/coordination/import",
            &[("contenu", "meeting")],
            "fichier",
            "secret.csv",
            b"qui;date;jeunes\nClaire;2026-11-03;1\n",
        )
        .await;
    let mut ids = vec![
        choices.structures[0].id.to_string(),
        choices.promeneurs[0].id.to_string(),
        choices.territories[0].id.to_string(),
        claire.device.to_string(),
        claire.me.account.to_string(),
        caf.me.account.to_string(),
    ];
    let mut owner = office.owner().await;
    for table in ["invitation", "access_key", "bilan_version", "network_event", "import_file", "session", "record"] {
        let statement = format!("select id::text from {table} where network_id = $1 limit 1");
        let id: Option<String> = sqlx::query_scalar(AssertSqlSafe(statement))
            .bind(elsewhere.0)
            .fetch_optional(&mut owner)
            .await
            .expect(table);
        ids.push(id.unwrap_or_else(|| panic!("{table} has none")));
    }
    (elsewhere, ids)
}

/// Everything of a network, as one text.
async fn whole(office: &Office, scheme: SchemeId) -> String {
    let mut owner = office.owner().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.columns join information_schema.tables using (table_schema, table_name)
         where table_schema = 'public' and column_name = 'network_id' and table_type = 'BASE TABLE' order by 1",
    )
    .fetch_all(&mut owner)
    .await
    .expect("tables");
    let mut text = String::new();
    for table in tables {
        let statement = format!(
            "select coalesce(string_agg(t::text, E'\n' order by t::text), '') from {table} t where network_id = $1"
        );
        let rows: String =
            sqlx::query_scalar(AssertSqlSafe(statement)).bind(scheme.0).fetch_one(&mut owner).await.expect("rows");
        let _ = writeln!(text, "{table}: {rows}");
    }
    text
}

/// Every page with every id of another network, read and sent: nothing of it is told, nothing of it changes.
#[tokio::test]
async fn ids_of_another_network_open_nothing_and_change_nothing() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let (elsewhere, ids) = foreign(&office).await;
    let before = whole(&office, elsewhere).await;
    let mut tried = 0;
    for (address, ..) in coordination::PAGES.iter().chain(own::PAGES) {
        for id in &ids {
            let path = address
                .replace("{id}", id)
                .replace("{op}", id)
                .replace("{month}", "2026-10")
                .replace("{file}", "bilan.xlsx");
            let scope = |kind: &str| format!("{path}?periode=2025&perimetre={kind}:{id}");
            let paths = [path.clone(), scope("structure"), scope("promeneur"), scope("territoire")];
            for path in paths.iter().filter(|path| path.contains(id.as_str())) {
                let answer = office.get(path, &coordinator.cookie).await;
                let text = String::from_utf8_lossy(&answer.body);
                assert!(!text.contains("ecrète") && !text.contains("secret"), "{path}: {text}");
                assert!(answer.status.as_u16() < 500, "{path}: {}", answer.status);
                tried += 1;
            }
            // Ids in fields too, under every name that a form has.
            let fields = ["id", "structure", "promeneur", "direction", "remplace", "op", "perimetre"]
                .map(|name| (name, id.as_str()));
            let answer = office.submit(&coordinator, &path, &fields).await;
            let text = String::from_utf8_lossy(&answer.body);
            assert!(!text.contains("ecrète") && !text.contains("secret"), "{path}: {text}");
            assert!(answer.status.as_u16() < 500, "{path}: {} {text}", answer.status);
            tried += 1;
        }
    }
    let after = whole(&office, elsewhere).await;
    assert!(before == after, "something of the other network changed");
    let scope: Scope = format!("promeneur:{}", ids[1]).parse().expect("a scope");
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    assert!(!reports::exists(&mut tx, scope).await.expect("read"));
    told("ids of another network", tried, tried, "no word of it told, no row of it changed");
}

/// What each answer carries, and what another site may make a browser send.
#[tokio::test]
async fn every_page_is_guarded_by_its_headers_and_no_other_site_is_heard() {
    let office = Office::open_with(true).await;
    let who = office.coordinator().await;
    let cookie = who.cookie.replace("lanterne=", "__Host-lanterne=");
    let id = fresh_id().to_string();
    let pages = coordination::PAGES.iter().chain(own::PAGES).map(|(address, ..)| {
        address.replace("{id}", &id).replace("{op}", &id).replace("{month}", "2026-10").replace("{file}", "bilan.pdf")
    });
    let fixed = [
        "/",
        "/app",
        "/app/journal",
        "/connexion",
        "/hors-reseau",
        "/accessibilite",
        "/donnees",
        "/nulle-part",
        "/healthz",
        "/metrics",
        "/api/v1/dashboard",
        "/api/figures/v1/openapi.json",
        "/api/v1/nothing",
    ];
    let (mut looked, mut sent) = (0, 0);
    for path in pages.chain(fixed.map(str::to_owned)) {
        let answer = office.get(&path, &cookie).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains(" 'unsafe-eval'") && !policy.contains('*'),
            "{path}: {policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ] {
            assert_eq!(answer.header(name), value, "{path}: {name}");
        }
        assert_eq!(answer.header("server"), "", "{path}");
        for set in answer.headers.get_all("set-cookie") {
            let given = set.to_str().expect("text");
            assert!(
                given.starts_with("__Host-")
                    && given.contains("HttpOnly")
                    && given.contains("Secure")
                    && given.contains("SameSite="),
                "{given}"
            );
        }
        let is_kept = answer.header("cache-control") == "no-store";
        assert!(
            is_kept || matches!(path.as_str(), "/app" | "/app/journal" | "/healthz"),
            "{path}: {}",
            answer.header("cache-control")
        );
        looked += 1;
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://ailleurs.fr"),
            ("origin", "null"),
        ] {
            let request = Request::builder()
                .method(Method::POST)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::COOKIE, &cookie)
                .header(name, value);
            let answer = office.send(request, &path, Body::from("seuil=7")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {name}: {value}");
            sent += 1;
        }
    }
    told("headers looked at", looked, looked, "CSP, HSTS, nosniff, cookies, caching");
    told("sent by another site", sent, sent, "");
}

/// Heads that never end hold nobody up, and bodies without end are not kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_and_bodies_without_end_hold_nobody_up() {
    let office = Office::open().await;
    let who = office.coordinator().await;
    let before = resident_kb();
    let count = tries(200, 2_000);
    let mut lines = Vec::new();
    for number in 0..count {
        let mut line = TcpStream::connect(office.address).await.expect("it listens");
        let begun = if number % 3 == 0 {
            // Nothing, or the beginning of what HTTP/2 begins with.
            ["", "PRI * HT"][number % 2]
        } else if number % 2 == 0 {
            "GET / HTTP/1.1\r\nhost: x\r\nx-slow: "
        } else {
            "POST /connexion HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\nidentifiant="
        };
        line.write_all(begun.as_bytes()).await.expect("sent");
        lines.push(line);
    }
    for _ in 0..20 {
        assert_eq!(office.get("/coordination?periode=2025", &who.cookie).await.status, StatusCode::OK);
    }
    let mut ended = 0;
    if std::env::var_os("LANTERNE_ATTACK").is_some() {
        // Thirty seconds later they have been sent away.
        for line in &mut lines {
            let mut rest = Vec::new();
            ended += usize::from(line.read_to_end(&mut rest).await.is_ok());
        }
        assert_eq!(ended, count);
    }
    drop(lines);
    let mut large = 0;
    for path in [
        "/connexion",
        "/api/v1/sync_push",
        "/coordination/bilans/texte",
        "/coordination/import",
        "/coordination/fichier-de-secours",
        "/acces/phrase",
        "/confirmer",
        "/invitation/abc",
    ] {
        for is_announced in [true, false] {
            let request = Request::builder().method(Method::POST).header(header::COOKIE, &who.cookie).header(
                header::CONTENT_TYPE,
                if path.starts_with("/api") { "application/json" } else { "application/x-www-form-urlencoded" },
            );
            let bytes = vec![b'a'; 8 * 1024 * 1024];
            let body = if is_announced { Body::from(bytes) } else { Body::new(Unannounced(vec![bytes.into()])) };
            // Cut off in the midst of it, where the answer came first.
            let answer = office.try_send(request, path, body).await;
            let status = answer.map_or(413, |answer| answer.status.as_u16());
            assert!([400, 404, 413, 415, 422].contains(&status), "{path}: {status}");
            large += 1;
        }
    }
    let grown = resident_kb().saturating_sub(before);
    is_bounded(grown, 200_000);
    told(
        "connections that never end",
        count,
        ended.max(count),
        &format!("20 pages answered meanwhile; +{} MB", grown / 1024),
    );
    told("bodies of 8 MB", large, large, "");
}

/// How long an answer takes tells nobody whether there is an account.
#[tokio::test]
async fn a_known_name_and_an_unknown_one_take_the_same_time() {
    let office = Office::open().await;
    let who = office.coordinator().await;
    let login = with_passphrase(&office, &who).await;
    let rounds = tries(8, 2_000);
    let mut times: [Vec<u128>; 2] = [Vec::new(), Vec::new()];
    let mut owner = office.owner().await;
    for round in 0..rounds {
        for (which, name) in [login.as_str(), "personne@essai"].into_iter().enumerate() {
            let begun = std::time::Instant::now();
            let answer = sign_in(
                &office,
                name,
                "pas la bonne phrase",
                &format!("198.51.{}.{}", round / 256 % 256, round % 256),
                "",
            )
            .await;
            times[which].push(begun.elapsed().as_micros());
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        }
        sqlx::query("delete from sign_in_failure").execute(&mut owner).await.expect("forgotten");
    }
    let median = |times: &mut Vec<u128>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    let (known, unknown) = (median(&mut times[0]), median(&mut times[1]));
    // No assertion on time: it is told, and a person looks at it.
    told("names told apart by time", rounds * 2, rounds * 2, &format!("median {known} µs known, {unknown} µs unknown"));
}
