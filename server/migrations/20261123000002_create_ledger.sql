-- The ledger of operations is the truth; a record is where its last applied operation left it (offline.md 2.3).
--
-- Bodies are json and not jsonb: json keeps the very text that the phone sent, and so its hash.

create table sync_epoch (
    epoch uuid primary key,
    since timestamptz not null default now()
);
insert into sync_epoch (epoch) values (gen_random_uuid());

create table record (
    network_id uuid not null references network (id),
    id uuid not null,
    promeneur_id uuid not null,
    kind text not null,
    body json not null,
    body_hash bytea not null,
    schema int not null,
    version bigint not null,
    deleted_at timestamptz,
    client_at timestamptz not null,
    client_offset_min int not null,
    received_at timestamptz not null default now(),
    primary key (network_id, id),
    foreign key (network_id, promeneur_id) references promeneur (network_id, id)
);
create unique index record_version on record (network_id, version);
create index record_by_promeneur on record (network_id, promeneur_id, version);

create table operation (
    network_id uuid not null references network (id),
    op_id uuid not null,
    account_id uuid not null,
    promeneur_id uuid not null,
    device_id uuid not null,
    seq bigint not null,
    record_id uuid not null,
    kind text not null,
    base_version bigint,
    after_op uuid,
    status text not null,
    code text,
    faults json,
    result_version bigint,
    schema int not null,
    body json,
    body_hash bytea not null,
    reason text,
    client_at timestamptz not null,
    client_offset_min int not null,
    received_at timestamptz not null default now(),
    primary key (network_id, op_id),
    constraint operation_kind check (kind in ('upsert', 'delete')),
    constraint operation_status check (status in ('applied', 'duplicate', 'conflict', 'rejected')),
    constraint operation_applied_has_version check ((status in ('applied', 'duplicate')) = (result_version is not null))
);
create index operation_by_record on operation (network_id, record_id);
create index operation_by_device on operation (network_id, device_id, seq);
create unique index operation_version on operation (network_id, result_version) where status = 'applied';
