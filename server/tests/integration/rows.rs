//! Row-level security: whatever a query asks, it meets the rows of its own network.

use app::coordination::{
    annual::{Chapter, Document},
    network_life::accounts::Check,
};
use app::domain::{
    account_snapshot::AccountSnapshotDraft,
    helpline::Helpline,
    ids::{EventId, LockId, SchemeId},
    lock_key::LockKey,
    network_life::NetworkEvent,
    objective::Aim,
    period::Period,
    presence::PresenceDraft,
    project::ProjectDraft,
    record::{Body, Draft},
    scope::Scope,
    taxonomy::{Network, ProjectKind, ProjectOrigin, Theme},
};
use chrono::NaiveDate;
use server::{
    clock,
    db::{
        accounts, bilans, helplines, invitations, keys, lock_keys, mail_outbox, network_life, objectives, people,
        retention,
    },
    import,
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::{
    harness::Office,
    messages::{fresh_record, meeting, upsert},
    phone::Phone,
};

/// Gives a network rows in every table.
async fn fill(office: &Office, scheme: SchemeId) {
    let day = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a day");
    let phone = Phone::of(office, office.promeneur_of(scheme, "Anne").await);
    let presence = PresenceDraft {
        started_at: day.and_hms_opt(21, 0, 0),
        ended_at: day.and_hms_opt(22, 0, 0),
        networks: vec![Network::Discord.into()],
        ..PresenceDraft::default()
    };
    let project = ProjectDraft {
        kind: Some(ProjectKind::Project.into()),
        origin: Some(ProjectOrigin::OnlineContact.into()),
        theme: Some(Theme::Leisure.into()),
        initiated_on: Some(day),
        ..ProjectDraft::default()
    };
    let snapshot = AccountSnapshotDraft {
        network: Some(Network::Discord.into()),
        as_of: Some(day),
        followers: Some(3),
        ..AccountSnapshotDraft::default()
    };
    phone.save(fresh_record(), meeting(2));
    for draft in [Draft::Presence(presence), Draft::Project(project), Draft::AccountSnapshot(snapshot)] {
        phone.save(fresh_record(), Body::new(draft).to_json());
    }
    let round = phone.round().await;
    assert_eq!((round.settled, round.fault), (4, None));
    let revoke = "update device set revoked_at = now() where id = $1";
    sqlx::query(revoke).bind(phone.who.device.0).execute(&mut office.owner().await).await.expect("withdrawn");
    office.escrow(&phone.who, &[upsert(fresh_record(), None, &meeting(2))]).await;
    let mut tx = office.db.of(scheme).await.expect("a transaction");
    server::db::holidays::add(&mut tx, scheme, day, day).await.expect("holidays");
    sqlx::query(
        "insert into statement (network_id, promeneur_id, month, received_on) values ($1, $2, '2026-10-01', $3)",
    )
    .bind(scheme.0)
    .bind(phone.who.me.promeneur.expect("a promeneur").0)
    .bind(day)
    .execute(&mut *tx)
    .await
    .expect("a statement");
    // Which a server of the release before reads still.
    sqlx::query(
        "insert into presence_minutes select $1, promeneur_id, day, day, 'evening', 60 from figure_day limit 1",
    )
    .bind(scheme.0)
    .execute(&mut *tx)
    .await
    .expect("minutes");
    let line = Helpline::parse("04 65 71 00 43", "Cellule de recueil").expect("a number");
    assert!(helplines::put(&mut tx, scheme, &line).await.expect("a number"));
    let (period, me) = (Period::CivilYear(2026), office.coordinator_of(scheme).await.me);
    objectives::set(&mut tx, scheme, period, Scope::Network, Aim::Met, Some(3)).await.expect("an objective");
    assert!(keys::create(&mut tx, &me, "Caf", scheme.0.as_bytes()).await.expect("a key"));
    bilans::write(&mut tx, &me, period, Scope::Network, Chapter::Next, "Un texte.").await.expect("a text");
    let who = phone.who.me.promeneur.expect("a promeneur");
    let check = Check { first_name: true, structure: true, photo: false, on: day, by: "Coordination".to_owned() };
    assert!(network_life::check(&mut tx, &me, who, &Network::Discord.into(), &check).await.expect("a check"));
    let event = NetworkEvent::parse(
        EventId(clock::fresh_id()),
        &[("nature", "training"), ("jour", "2026-11-02")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        day,
    );
    assert!(network_life::put(&mut tx, &me, &event.expect("an event")).await.expect("noted"));
    let invitee = invitations::Invitee::Newcomer(people::Place::Caf);
    let made = invitations::create(&mut tx, &me, "Caf", invitee, scheme.0.as_bytes()).await.expect("an invitation");
    assert!(mail_outbox::put(&mut tx, &me, made.id, "a@exemple.fr", "https://a.fr/").await.expect("an e-mail"));
    let structures = network_life::territories(&mut tx).await.expect("structures");
    network_life::place(&mut tx, &me, &[(structures[0].0.id, "Velay".to_owned())]).await.expect("placed");
    retention::note(&mut tx, scheme, 0, 0, 0).await.expect("a run");
    let lock = LockId(phone.who.device.0);
    assert!(lock_keys::keep(&mut tx, &phone.who.me, lock, &LockKey::of([7; 32])).await.expect("a lock"));
    let document = Document {
        title: "Bilan".to_owned(),
        network: String::new(),
        scope: String::new(),
        status: String::new(),
        on: day,
        notes: Vec::new(),
        chapters: Vec::new(),
        definitions: Vec::new(),
    };
    bilans::publish(&mut tx, &me, period, Scope::Network, 1, &document).await.expect("a bilan");
    let passkey =
        "insert into passkey (network_id, account_id, credential_id, credential, name) values ($1, $2, $3, '{}', '')";
    let passkey = sqlx::query(passkey).bind(scheme.0).bind(me.account.0).bind(scheme.0.as_bytes().as_slice());
    passkey.execute(&mut *tx).await.expect("a passkey");
    tx.commit().await.expect("committed");
    accounts::know_browser(&office.db, scheme, me.account, scheme.0.as_bytes()).await.expect("a browser");
    let file = b"qui;date;jeunes\nAnne;2026-11-03;1\n";
    let id = import::bring(&office.db, &me, "meeting", "a.csv", file).await.expect("a file");
    let seal = import::preview(&office.db, &me, id, None).await.expect("a preview").seal.expect("a seal");
    import::take(&office.db, &me, id, &seal).await.expect("taken");
}

async fn two_networks() -> (Office, SchemeId, Vec<String>) {
    let office = Office::open().await;
    let elsewhere = clock::fresh_scheme();
    people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    Box::pin(fill(&office, office.scheme)).await;
    Box::pin(fill(&office, elsewhere)).await;
    let statement = "select table_name::text from information_schema.columns join information_schema.tables
            using (table_schema, table_name)
        where table_schema = 'public' and column_name = 'network_id' and table_type = 'BASE TABLE' order by 1";
    let tables: Vec<String> = sqlx::query_scalar(statement).fetch_all(&mut office.owner().await).await.expect("tables");
    assert!(tables.len() >= 36, "{tables:?}");
    (office, elsewhere, tables)
}

/// A connection as the application's role, in the transactions of a network, or of none.
async fn application(office: &Office, scheme: Option<SchemeId>) -> PgConnection {
    let mut connection = office.owner().await;
    connection.execute("set role lanterne_app").await.expect("the role");
    if let Some(scheme) = scheme {
        let set = "select set_config('lanterne.network', $1, false)";
        sqlx::query(set).bind(scheme.to_string()).execute(&mut connection).await.expect("set");
    }
    connection
}

async fn count(connection: &mut PgConnection, table: &str, scheme: SchemeId) -> i64 {
    let statement = format!("select count(*) from {table} where network_id = $1");
    sqlx::query_scalar(AssertSqlSafe(statement)).bind(scheme.0).fetch_one(connection).await.expect(table)
}

/// What the policies, or the rights, say to a statement that would touch another network.
fn code(done: Result<sqlx::postgres::PgQueryResult, sqlx::Error>) -> String {
    match done {
        Ok(done) => format!("{} rows", done.rows_affected()),
        Err(sqlx::Error::Database(cause)) => cause.code().unwrap_or_default().into_owned(),
        Err(other) => panic!("{other}"),
    }
}

const REFUSED: &str = "42501";

#[tokio::test]
async fn no_row_of_another_network_is_seen_written_or_changed() {
    let (office, elsewhere, tables) = two_networks().await;
    let mut owner = office.owner().await;
    let mut ours = application(&office, Some(office.scheme)).await;
    for table in &tables {
        assert!(count(&mut owner, table, elsewhere).await > 0, "{table} has no row to hide: fill it in this test");
        assert!(count(&mut ours, table, office.scheme).await > 0, "{table}: our own rows are ours");
        assert_eq!(count(&mut ours, table, elsewhere).await, 0, "{table} shows rows of another network");

        let one = format!("select row_to_json(t)::text from {table} t where network_id = $1 limit 1");
        let row: String =
            sqlx::query_scalar(AssertSqlSafe(one)).bind(elsewhere.0).fetch_one(&mut owner).await.expect("a row");
        let insert = format!("insert into {table} select * from json_populate_record(null::public.{table}, $1::json)");
        let mut tx = ours.begin().await.expect("a transaction");
        let done = sqlx::query(AssertSqlSafe(insert)).bind(&row).execute(&mut *tx).await;
        assert_eq!(code(done), REFUSED, "{table} takes rows of another network");
        tx.rollback().await.expect("rolled back");

        for (statement, harmless) in [
            (format!("update {table} set network_id = network_id where network_id = $1"), "0 rows"),
            (format!("delete from {table} where network_id = $1"), "0 rows"),
        ] {
            let mut tx = ours.begin().await.expect("a transaction");
            let done = code(sqlx::query(AssertSqlSafe(statement.clone())).bind(elsewhere.0).execute(&mut *tx).await);
            assert!(done == harmless || done == REFUSED, "{statement}: {done}");
            tx.rollback().await.expect("rolled back");
        }
        let give_away = format!("update {table} set network_id = $1");
        let mut tx = ours.begin().await.expect("a transaction");
        let done = code(sqlx::query(AssertSqlSafe(give_away)).bind(elsewhere.0).execute(&mut *tx).await);
        assert_eq!(done, REFUSED, "{table} lets rows go to another network");
        tx.rollback().await.expect("rolled back");
    }
    let networks: Vec<uuid::Uuid> =
        sqlx::query_scalar("select id from network").fetch_all(&mut ours).await.expect("read");
    assert_eq!(networks, [office.scheme.0]);
    assert!(count(&mut owner, "daily_figure", elsewhere).await > 0);
    assert!(count(&mut ours, "daily_figure", office.scheme).await > 0);
    assert_eq!(count(&mut ours, "daily_figure", elsewhere).await, 0, "a view shows rows of another network");
}

#[tokio::test]
async fn without_a_network_nothing_is_seen() {
    let (office, elsewhere, tables) = two_networks().await;
    let mut nobody = application(&office, None).await;
    for setting in ["", "reset"] {
        if setting == "reset" {
            // A setting of an earlier transaction leaves an empty text behind.
            nobody.execute("select set_config('lanterne.network', '', false)").await.expect("set");
        }
        for table in &tables {
            assert_eq!(count(&mut nobody, table, office.scheme).await, 0, "{table}");
            assert_eq!(count(&mut nobody, table, elsewhere).await, 0, "{table}");
        }
        let networks: i64 =
            sqlx::query_scalar("select count(*) from network").fetch_one(&mut nobody).await.expect("read");
        assert_eq!(networks, 0);
    }
}

#[tokio::test]
async fn the_ledger_is_only_added_to() {
    let (office, _, _) = two_networks().await;
    let mut ours = application(&office, Some(office.scheme)).await;
    for statement in [
        "update operation set status = 'rejected'",
        "delete from operation",
        "truncate operation",
        "delete from record",
        "delete from quarantine",
        "update quarantine set raw = ''",
        "update bilan_text set text = ''",
        "delete from bilan_text",
        "update bilan_version set number = 2",
        "delete from bilan_version",
        "update network set name = ''",
        "update access_key set token_hash = ''",
        "delete from access_key",
        "update import_file set importer_id = id",
        "update imported_row set key = ''",
        "delete from invitation",
        "update invitation set token_hash = ''",
        "update invitation set role = 'coordinator'",
        "delete from network_event",
        "update territory set id = id",
        "insert into audit_event select * from audit_event",
        "update audit_event set actor_id = null",
        "delete from audit_event",
        "truncate audit_event",
        "select audit_add(network_id, 'insert', 'structure', '', null, '{}') from network_counter",
        "update retention_run set texts = 0",
        "delete from retention_run",
        "insert into backup_run values (now(), 0, 0)",
    ] {
        assert_eq!(code(sqlx::query(statement).execute(&mut ours).await), REFUSED, "{statement}");
    }
}

/// The application's role owns nothing and passes no policy by.
#[tokio::test]
async fn the_role_of_the_application_is_held_by_the_policies() {
    let office = Office::open().await;
    let loose =
        "select count(*) from pg_roles where rolname = 'lanterne_app' and (rolsuper or rolbypassrls or rolcanlogin)";
    assert_eq!(office.number(loose).await, 0);
    let unguarded =
        "select count(*) from information_schema.columns c join pg_class t on t.oid = c.table_name::regclass
        where c.table_schema = 'public' and c.column_name = 'network_id' and t.relkind <> 'v'
          and not (t.relrowsecurity and t.relforcerowsecurity)";
    assert_eq!(office.number(unguarded).await, 0);
    // A view asks with the rights of whoever asks it.
    let owned = "select count(*) from pg_class
        where relkind = 'v' and relnamespace = 'public'::regnamespace
          and not coalesce('security_invoker=true' = any (reloptions), false)";
    assert_eq!(office.number(owned).await, 0);
    let mut tx = office.db.anonymous().await.expect("a transaction");
    let user: String = sqlx::query_scalar("select current_user::text").fetch_one(&mut *tx).await.expect("a name");
    assert_eq!(user, "lanterne_app");
}
