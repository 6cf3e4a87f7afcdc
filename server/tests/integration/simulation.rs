//! The histories of `app/tests/simulation` on the real office: the same phones, mishaps and oracle, the server's SQL.

use std::cell::{Cell, RefCell};

use app::{
    api::{
        error::{AppError, ErrorCode},
        office::SyncDesk,
        sync::fault_of,
    },
    domain::{
        coded::Code,
        ids::{DeviceId, Epoch, OpId, PromeneurId, RecordId},
        person::Me,
    },
    sync::{
        engine::WireFault,
        ledger::Status,
        messages::{EscrowAnswer, OpKind, PullAnswer, PullRequest, PushAnswer, PushRequest},
        rescue::RescueFile,
    },
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use server::{
    clock,
    db::{ledger::body_hash, lives},
    desk::Desk,
    rescue,
};
use sqlx::{PgConnection, Row};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::{
    harness::Office as Real,
    sim::{
        history::History,
        office::{Books, Line, Office, Standing, User},
        oracle::check,
        world::World,
    },
};

/// Histories of a run of the tests; `LANTERNE_PG_HISTORIES` says otherwise.
const HISTORIES: u64 = 60;

/// What a backup of one network copies.
const COPIED: [&str; 7] =
    ["record", "operation", "network_counter", "figure_day", "network_month", "project_span", "account_followers"];

/// The real office, with a network of its own for each history.
struct PgOffice<'a> {
    runtime: &'a Runtime,
    people: [Me; 2],
    coordinator: Me,
    desk: Desk,
    owner: RefCell<PgConnection>,
    clock: Cell<DateTime<Utc>>,
    has_backup: Cell<bool>,
    most_ops: usize,
    page: u32,
}

fn user(me: &Me) -> User {
    User { account: me.account, promeneur: me.promeneur.expect("a promeneur") }
}

impl PgOffice<'_> {
    fn me(&self, session: User) -> &Me {
        self.people.iter().find(|me| me.account == session.account).expect("one of the two")
    }

    /// Several statements of the owner, `$network` being the network's id.
    fn own(&self, statements: &str) {
        let scheme = self.people[0].scheme.0;
        let text = statements.replace("$network", &format!("'{scheme}'::uuid"));
        let mut owner = self.owner.borrow_mut();
        self.runtime.block_on(sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut *owner)).expect("done");
    }

    fn rows(&self, query: &str) -> Vec<sqlx::postgres::PgRow> {
        let text = query.replace("$network", &format!("'{}'::uuid", self.people[0].scheme.0));
        let mut owner = self.owner.borrow_mut();
        self.runtime.block_on(sqlx::query(sqlx::AssertSqlSafe(text)).fetch_all(&mut *owner)).expect("rows")
    }
}

fn fault(error: &AppError) -> WireFault {
    let text = serde_json::to_string(error).expect("JSON");
    fault_of(error.status(), serde_json::from_str(&text).ok().as_ref(), None)
}

impl Office for PgOffice<'_> {
    fn push(&self, session: User, request: &PushRequest, dies: bool) -> Result<PushAnswer, WireFault> {
        if dies {
            // Whatever it had written is gone with it: the tests of faults/ kill the real process.
            return Err(WireFault::Unreachable);
        }
        if request.ops.len() > self.most_ops {
            return Err(fault(&ErrorCode::TooManyOps.into()));
        }
        let answer = self.runtime.block_on(self.desk.push(self.me(session), request.clone()));
        answer.map_err(|error| fault(&error))
    }

    fn pull(&self, session: User, request: &PullRequest) -> Result<PullAnswer, WireFault> {
        let request = PullRequest { limit: self.page, ..request.clone() };
        self.runtime.block_on(self.desk.pull(self.me(session), request)).map_err(|error| fault(&error))
    }

    fn escrow(&self, session: User, request: &PushRequest) -> Result<EscrowAnswer, WireFault> {
        self.runtime.block_on(self.desk.escrow(self.me(session), request.clone())).map_err(|error| fault(&error))
    }

    fn rescue(&self, _: User, file: &RescueFile) {
        let bytes = serde_json::to_vec(file).expect("JSON");
        self.runtime.block_on(rescue::import(&self.desk, &self.coordinator, &bytes)).expect("taken in");
    }

    fn backup(&self) {
        for table in COPIED {
            self.own(&format!(
                "drop table if exists copy_of_{table};
                 create table copy_of_{table} as select * from {table} where network_id = $network"
            ));
        }
        self.has_backup.set(true);
    }

    fn restore(&self) -> bool {
        if self.has_backup.get() {
            for table in COPIED {
                self.own(&format!(
                    "delete from {table} where network_id = $network;
                     insert into {table} select * from copy_of_{table}"
                ));
            }
            let mut owner = self.owner.borrow_mut();
            self.runtime.block_on(lives::begin(&mut owner, &[self.people[0].scheme])).expect("a new life");
        }
        self.has_backup.get()
    }

    fn revoke(&self, of: User, device: DeviceId) {
        self.own(&format!(
            "insert into device (network_id, id, account_id, first_seen_on, last_seen_on, revoked_at)
             values ($network, '{device}', '{}', current_date, current_date, now())
             on conflict (network_id, id) do update set revoked_at = now()",
            of.account
        ));
    }

    fn pass(&self, seconds: i64) {
        self.clock.set(self.clock.get() + TimeDelta::seconds(seconds));
    }

    fn epoch(&self) -> Epoch {
        let row = self.rows("select epoch from sync_epoch order by since desc limit 1").remove(0);
        Epoch(row.get(0))
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.get()
    }

    fn books(&self) -> Books {
        let lines = self.rows(
            "select op_id, promeneur_id, record_id, kind, base_version, after_op, body_hash, body::text, status,
                    result_version
             from operation where network_id = $network order by written",
        );
        let records = self.rows(
            "select id, promeneur_id, version, deleted_at is not null, body::text from record
             where network_id = $network",
        );
        let counter = self.rows("select head, born from network_counter where network_id = $network").remove(0);
        let quarantine = self.rows("select raw from quarantine where network_id = $network");
        let sums = self.rows(
            "select day, measure, key, sum(value)::bigint from daily_figure where network_id = $network
             group by day, measure, key having sum(value) <> 0",
        );
        Books {
            lines: lines.iter().map(line).collect(),
            records: records.iter().map(standing).collect(),
            quarantine: quarantine.iter().map(|row| row.get(0)).collect(),
            sums: sums
                .iter()
                .map(|row| {
                    let (day, measure, key): (NaiveDate, &str, &str) = (row.get(0), row.get(1), row.get(2));
                    let measure = app::domain::measure::Measure::from_code(measure).expect("a measure");
                    (format!("{day} {measure:?} {key}"), row.get(3))
                })
                .collect(),
            head: counter.get(0),
            born: counter.get(1),
        }
    }
}

fn line(row: &sqlx::postgres::PgRow) -> Line {
    let kind: &str = row.get(3);
    Line {
        op: OpId(row.get(0)),
        author: PromeneurId(row.get(1)),
        record: RecordId(row.get(2)),
        kind: if kind == "delete" { OpKind::Delete } else { OpKind::Upsert },
        base: row.get(4),
        after: row.get::<Option<Uuid>, _>(5).map(OpId),
        hash: body_hash(row.get(6)),
        body: row.get(7),
        status: Status::from_code(row.get(8)).expect("a status"),
        version: row.get(9),
    }
}

fn standing(row: &sqlx::postgres::PgRow) -> (RecordId, Standing) {
    let standing =
        Standing { author: PromeneurId(row.get(1)), version: row.get(2), deleted: row.get(3), body: row.get(4) };
    (RecordId(row.get(0)), standing)
}

#[test]
fn the_real_office_keeps_what_the_one_in_memory_keeps() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let count = std::env::var("LANTERNE_PG_HISTORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(HISTORIES);
    let real = runtime.block_on(Real::open());
    let mut owner = runtime.block_on(real.owner());
    // The order in which lines were written, which versions alone do not tell: refusals have none.
    runtime
        .block_on(
            sqlx::raw_sql(
                "alter table operation add column written bigserial;
                 grant usage on sequence operation_written_seq to lanterne_app",
            )
            .execute(&mut owner),
        )
        .expect("a column");
    drop(owner);
    for seed in 0..count {
        let history = History::of(seed);
        let (ada, bela, coordinator) = runtime.block_on(async {
            let scheme = clock::fresh_scheme();
            server::db::people::create_scheme(&real.db, scheme, "Réseau simulé", "Haute-Loire", false)
                .await
                .expect("a network");
            (
                real.promeneur_of(scheme, "Ada").await.me,
                real.promeneur_of(scheme, "Bela").await.me,
                real.coordinator_of(scheme).await.me,
            )
        });
        let office = PgOffice {
            runtime: &runtime,
            people: [ada, bela],
            coordinator,
            desk: Desk::new(real.db.clone()),
            owner: RefCell::new(runtime.block_on(real.owner())),
            clock: Cell::new(clock::now()),
            has_backup: Cell::new(false),
            most_ops: usize::from(history.most_ops),
            page: u32::from(history.page),
        };
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut world = World::new(&office, user(&office.people[0]), user(&office.people[1]));
            world.run(&history);
            world.settle();
            check(&world, true);
            world.answer_everything();
            check(&world, false);
        }));
        assert!(told.is_ok(), "seed {seed}: {history:?}");
    }
}
