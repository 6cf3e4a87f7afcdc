-- What a phone or a rescue file handed over and the ledger does not hold as applied, until a person decides: nothing
-- is refused for good by a machine alone, and nothing is deleted (offline.md 2.3, 2.6).

create table quarantine (
    network_id uuid not null references network (id),
    -- The operation's own id, so that handing over twice is handing over once; of one that has none, a hash of its text.
    op_id uuid not null,
    account_id uuid not null,
    promeneur_id uuid not null,
    device_id uuid not null,
    -- Null where the text does not say.
    record_id uuid,
    seq bigint not null default 0,
    source text not null,
    reason text not null,
    -- The operation as it was received, also one that nobody can read: body, base, schema and time are in it.
    raw text not null,
    received_on date not null,
    question text,
    asked_at timestamptz,
    resolved_at timestamptz,
    resolved_by uuid,
    resolution text,
    note text,
    primary key (network_id, op_id),
    foreign key (network_id, account_id) references account (network_id, id),
    foreign key (network_id, promeneur_id) references promeneur (network_id, id),
    constraint quarantine_source check (source in ('escrow', 'rescue', 'refused')),
    constraint quarantine_resolution check (resolution in ('accepted', 'corrected', 'dropped', 'answered')),
    constraint quarantine_resolved check ((resolved_at is null) = (resolution is null)),
    constraint quarantine_question check ((asked_at is null) = (question is null))
);
create index quarantine_unresolved on quarantine (network_id, promeneur_id) where resolved_at is null;

alter table quarantine enable row level security;
alter table quarantine force row level security;
create policy of_network on quarantine to lanterne_app
    using (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid))
    with check (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
-- What was received stays as it was received.
grant select, insert, update (reason, question, asked_at, resolved_at, resolved_by, resolution, note) on quarantine
    to lanterne_app;

-- What still waits for a person: neither resolved, nor in the ledger by another way, nor answered by a later operation
-- on the record: of one about which the promeneur was asked, or which the ledger had refused. Derived, so that no push pays for it.
create view quarantine_open with (security_invoker = true) as
    select op_id, account_id, promeneur_id, device_id, record_id, seq, source, reason, raw, received_on, question,
        asked_at
    from quarantine as held
    where resolved_at is null
        and not exists (
            select from operation
            where operation.network_id = held.network_id and operation.op_id = held.op_id
                and operation.promeneur_id = held.promeneur_id and status in ('applied', 'duplicate'))
        and not exists (
            select from operation
            where operation.network_id = held.network_id and operation.record_id = held.record_id
                and operation.promeneur_id = held.promeneur_id and status = 'applied'
                and operation.received_at > held.asked_at)
        and not exists (
            select from operation as refusal
            join operation as later on later.network_id = refusal.network_id and later.record_id = refusal.record_id
            where held.source = 'refused' and refusal.network_id = held.network_id and refusal.op_id = held.op_id
                and later.promeneur_id = held.promeneur_id and later.status in ('applied', 'duplicate')
                and (later.received_at, later.seq) > (refusal.received_at, refusal.seq));
grant select on quarantine_open to lanterne_app;

-- The refusals of the ledger are read for the same list.
create index operation_rejected on operation (network_id, received_at) where status = 'rejected';

-- How often sending stood still on a phone until its watchdog began it anew.
alter table device add column stalls int not null default 0;
