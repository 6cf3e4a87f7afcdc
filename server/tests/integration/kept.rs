//! What pages keep of a network between them (`db::reports::KeptNetworks`) is never older than the network.

use app::domain::{
    account_snapshot::AccountSnapshotDraft,
    ids::SchemeId,
    record::{Body, Draft},
    scope::Scope,
    statement::{Handed, StatementDraft},
    taxonomy::Network,
};
use server::{
    clock::fresh_scheme,
    db::{
        Db, people, projections,
        reports::{frame, frame_of_page},
    },
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{
    harness::Office,
    messages::{Person, fresh_record},
    phone::Phone,
};

/// What a page knows of the network, and what the network is.
async fn known_and_true(db: &Db, scheme: SchemeId) -> (String, String) {
    let mut page = db.for_page(scheme).await.expect("a page");
    let known = frame_of_page(&mut page, Scope::Network).await.expect("a frame");
    let is = frame(&mut page, Scope::Network).await.expect("a frame");
    (format!("{known:?}"), format!("{is:?}"))
}

async fn run(owner: &mut PgConnection, statement: &str, scheme: SchemeId) {
    let statement = statement.replace("NETWORK", &format!("'{scheme}'"));
    let done = sqlx::query(AssertSqlSafe(statement.clone())).execute(owner).await.expect(&statement);
    assert!(done.rows_affected() > 0, "{statement}");
}

/// Each table that a page is drawn from, in each way in which it can change.
const CHANGES: [&str; 18] = [
    "update network set time_zone = 'Indian/Reunion' where id = NETWORK",
    "update structure set territory_id = (select id from territory where network_id = NETWORK) where network_id = NETWORK",
    "update territory set name = 'Velay' where network_id = NETWORK",
    "insert into structure (network_id, id, name, type, commune)
     values (NETWORK, '00000000-0000-7000-8000-000000000001', 'Accueil', 'mjc', 'Langeac')",
    "update structure set type = 'csc' where network_id = NETWORK and commune = 'Langeac'",
    "update structure set commune = 'Monistrol' where network_id = NETWORK and commune = 'Langeac'",
    "update promeneur set name = 'Anne-Laure' where network_id = NETWORK",
    "update promeneur set labelled_on = '2024-08-01' where network_id = NETWORK",
    "update affiliation set until_on = '2026-08-31' where network_id = NETWORK",
    "insert into affiliation (network_id, promeneur_id, structure_id, from_on)
     select network_id, id, '00000000-0000-7000-8000-000000000001', '2026-09-01' from promeneur where network_id = NETWORK",
    "delete from affiliation where network_id = NETWORK and from_on = '2026-09-01'",
    "delete from structure where network_id = NETWORK and commune = 'Monistrol'",
    "update promeneur_leave set until_on = until_on + 1 where network_id = NETWORK",
    "delete from promeneur_leave where network_id = NETWORK",
    "update promeneur set left_on = '2027-01-31' where network_id = NETWORK",
    "insert into holiday (network_id, from_on, until_on) values (NETWORK, '2026-12-19', '2027-01-03')",
    "update holiday set until_on = '2027-01-04' where network_id = NETWORK",
    "delete from holiday where network_id = NETWORK",
];

#[tokio::test]
async fn what_the_administration_changes_is_on_the_next_page() {
    let office = Office::open().await;
    office.promeneur("Anne").await;
    let (mut owner, scheme) = (office.owner().await, office.scheme);
    // Is on no page before a structure is in it.
    run(
        &mut owner,
        "insert into territory (network_id, id, name) values (NETWORK, gen_random_uuid(), 'Margeride')",
        scheme,
    )
    .await;
    let mut before = known_and_true(&office.db, scheme).await;
    for change in CHANGES {
        run(&mut owner, change, scheme).await;
        let after = known_and_true(&office.db, scheme).await;
        assert_eq!(after.0, after.1, "{change}");
        assert_ne!(after.1, before.1, "shows on a page: {change}");
        before = after;
    }
}

/// A page sees the moment at which it began, whatever another has kept since; and what was taken back was never there.
#[tokio::test]
async fn what_is_kept_is_of_the_moment_of_the_page() {
    let office = Office::open().await;
    office.promeneur("Anne").await;
    let (mut owner, scheme) = (office.owner().await, office.scheme);
    let (_, first) = known_and_true(&office.db, scheme).await;
    let mut early = office.db.for_page(scheme).await.expect("a page");
    let begun = frame_of_page(&mut early, Scope::Network).await.expect("a frame");
    assert_eq!(format!("{begun:?}"), first);

    let mut under_way = owner.begin().await.expect("a transaction");
    run(&mut under_way, "update promeneur set name = 'Berthe' where network_id = NETWORK", scheme).await;
    assert_eq!(known_and_true(&office.db, scheme).await.0, first, "not before it is done");
    under_way.rollback().await.expect("taken back");
    run(&mut owner, "update promeneur set name = 'Claire' where network_id = NETWORK", scheme).await;
    let (known, second) = known_and_true(&office.db, scheme).await;
    assert_eq!(known, second);
    assert!(second.contains("Claire") && !second.contains("Berthe"), "{second}");

    let still = frame_of_page(&mut early, Scope::Network).await.expect("a frame");
    assert_eq!(format!("{still:?}"), first, "the same moment until the page ends");
    drop(early);
    assert_eq!(known_and_true(&office.db, scheme).await.0, second);

    // What the trail does not tell is not asked for: so much is kept.
    sqlx::query("set session_replication_role = replica").execute(&mut owner).await.expect("without triggers");
    run(&mut owner, "update promeneur set name = 'Denise' where network_id = NETWORK", scheme).await;
    let (known, third) = known_and_true(&office.db, scheme).await;
    assert!(known == second && third.contains("Denise"), "{third}");
}

/// Networks are kept apart, and one that changes is not what another one is drawn from.
#[tokio::test]
async fn each_network_has_its_own() {
    let office = Office::open().await;
    let other = fresh_scheme();
    people::create_scheme(&office.db, other, "Ailleurs", "Loire", false).await.expect("a network");
    office.promeneur("Anne").await;
    office.promeneur_of(other, "Zoé").await;
    for _ in 0..2 {
        let (ours, theirs) = (known_and_true(&office.db, office.scheme).await, known_and_true(&office.db, other).await);
        assert!(ours.0.contains("Anne") && !ours.0.contains("Zoé"), "{}", ours.0);
        assert!(theirs.0.contains("Zoé") && !theirs.0.contains("Anne"), "{}", theirs.0);
        assert_eq!((ours.0, theirs.0), (ours.1, theirs.1));
    }
}

fn snapshot(network: Network, day: &str, followers: i64) -> String {
    let draft = AccountSnapshotDraft {
        network: Some(network.into()),
        as_of: Some(day.parse().expect("a day")),
        followers: Some(followers),
        ..AccountSnapshotDraft::default()
    };
    Body::new(Draft::AccountSnapshot(draft)).to_json()
}

/// What the figures say of the accounts: their followers, and how many there are on each network.
async fn accounts(office: &Office, coordinator: &Person, period: &str) -> (i64, Vec<(String, i64)>) {
    let shown = office.dashboard(coordinator, period, "reseau").await;
    let accounts = shown.life.expect("the network's").accounts;
    (shown.sums.followers, accounts.into_iter().map(|it| (it.network, it.count)).collect())
}

/// Whatever changes the last number of an account is on the next page, of each period that it belongs to.
#[tokio::test]
async fn a_number_that_changes_is_on_the_next_page() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let anne = Phone::of(&office, office.promeneur("Anne").await);
    let expect = async |autumn: (i64, &[(&str, i64)]), october: (i64, &[(&str, i64)])| {
        for (period, (followers, counts)) in [("2026", autumn), ("2026-10", october)] {
            let counts: Vec<(String, i64)> =
                counts.iter().map(|(network, count)| ((*network).to_owned(), *count)).collect();
            // From the records, then from what was kept of it.
            for _ in 0..2 {
                assert_eq!(accounts(&office, &coordinator, period).await, (followers, counts.clone()), "{period}");
            }
        }
    };
    expect((0, &[]), (0, &[])).await;
    let (first, second) = (fresh_record(), fresh_record());
    anne.save(first, snapshot(Network::Discord, "2026-10-31", 30));
    assert_eq!(anne.round().await.fault, None);
    expect((30, &[("discord", 1)]), (30, &[("discord", 1)])).await;
    anne.save(first, snapshot(Network::Discord, "2026-10-31", 35));
    anne.save(second, snapshot(Network::Discord, "2026-11-20", 50));
    assert_eq!(anne.round().await.fault, None);
    expect((50, &[("discord", 1)]), (35, &[("discord", 1)])).await;
    // On another network, and in another month.
    anne.save(first, snapshot(Network::Snapchat, "2026-09-30", 7));
    assert_eq!(anne.round().await.fault, None);
    expect((57, &[("discord", 1), ("snapchat", 1)]), (7, &[("snapchat", 1)])).await;
    anne.withdraw(second);
    assert_eq!(anne.round().await.fault, None);
    expect((7, &[("snapchat", 1)]), (7, &[("snapchat", 1)])).await;

    // What another server has taken over.
    let other = office.again_over(office.options.clone()).await;
    let anne = anne.moved_to(&other);
    anne.save(fresh_record(), snapshot(Network::Discord, "2026-11-21", 60));
    assert_eq!(anne.round().await.fault, None);
    expect((67, &[("discord", 1), ("snapchat", 1)]), (7, &[("snapchat", 1)])).await;

    // What somebody takes away beside us, and what is built anew from the records.
    let mut owner = office.owner().await;
    let gone = "delete from account_followers where network_id = NETWORK and social_network = 'discord'";
    run(&mut owner, gone, office.scheme).await;
    expect((7, &[("snapchat", 1)]), (7, &[("snapchat", 1)])).await;
    projections::rebuild(&office.db, office.scheme).await.expect("built anew");
    expect((67, &[("discord", 1), ("snapchat", 1)]), (7, &[("snapchat", 1)])).await;

    // What the database does not tell is not asked for: so much is kept.
    sqlx::query("set session_replication_role = replica").execute(&mut owner).await.expect("without triggers");
    run(&mut owner, gone, office.scheme).await;
    expect((67, &[("discord", 1), ("snapchat", 1)]), (7, &[("snapchat", 1)])).await;
}

/// What is handed over or taken back, and of whom it is expected, is on the next page.
#[tokio::test]
async fn a_statement_that_comes_is_on_the_next_page() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let anne = Phone::of(&office, office.promeneur("Anne").await);
    let (mut owner, scheme) = (office.owner().await, office.scheme);
    let expect = async |year: (i64, i64), month: (i64, i64), subjects: &[&str]| {
        for (period, counts) in [("2025-2026", year), ("2026-06", month)] {
            // From the rows, then from what was kept of them.
            for _ in 0..2 {
                let shown = office.dashboard(&coordinator, period, "reseau").await;
                assert_eq!((shown.completeness.received, shown.completeness.expected), counts, "{period}");
                let needs: Vec<String> = shown.needs.unwrap_or_default().into_iter().map(|it| it.subject).collect();
                assert_eq!(needs, subjects, "{period}");
            }
        }
    };
    let handed = |month: &str, wish: &str| {
        let draft = StatementDraft {
            month: Some(month.parse().expect("a day")),
            figures: Some(Handed::default()),
            training_wishes: Some(wish.to_owned()),
            ..StatementDraft::default()
        };
        Body::new(Draft::Statement(draft)).to_json()
    };
    expect((0, 12), (0, 1), &[]).await;
    let june = fresh_record();
    anne.save(june, handed("2026-06-01", "Le droit à l’image"));
    assert_eq!(anne.round().await.fault, None);
    expect((1, 12), (1, 1), &["law"]).await;
    anne.save(june, handed("2026-06-01", "Faire des vidéos courtes"));
    assert_eq!(anne.round().await.fault, None);
    expect((1, 12), (1, 1), &["tools"]).await;
    // Of whom one is expected says the administration.
    run(&mut owner, "update promeneur set left_on = '2026-07-01' where network_id = NETWORK", scheme).await;
    expect((1, 10), (1, 1), &["tools"]).await;
    // What another server has taken over.
    let other = office.again_over(office.options.clone()).await;
    let anne = anne.moved_to(&other);
    anne.withdraw(june);
    assert_eq!(anne.round().await.fault, None);
    expect((0, 10), (0, 1), &[]).await;

    // What the database does not tell is not asked for: so much is kept.
    sqlx::query("set session_replication_role = replica").execute(&mut owner).await.expect("without triggers");
    let beside = "insert into statement (network_id, promeneur_id, month, received_on)
                  select network_id, id, '2026-06-01', '2026-07-02' from promeneur where network_id = NETWORK";
    run(&mut owner, beside, scheme).await;
    expect((0, 10), (0, 1), &[]).await;
}
