-- Who belongs to a network: structures, promeneurs, accounts, devices (domain.md A, offline.md 2.3).
--
-- Every table carries network_id, first in its key: row-level security guards it, and it is the distribution key on
-- the day one machine is too small. The application never connects as the owner of these tables: it works as the role
-- lanterne_app, which cannot bypass the policies.

do $$
begin
    if not exists (select from pg_roles where rolname = 'lanterne_app') then
        create role lanterne_app nologin;
    end if;
    if not pg_has_role(current_user, 'lanterne_app', 'member') then
        execute format('grant lanterne_app to %I', current_user);
    end if;
end
$$;

grant usage on schema public to lanterne_app;

create table network (
    id uuid primary key,
    name text not null,
    department text not null,
    time_zone text not null default 'Europe/Paris',
    demo boolean not null default false,
    created_at timestamptz not null default now()
);

-- The last version given in a network. Updated by the transaction that gives versions, so that their order is the
-- order of commits and a pull can never skip one (offline.md 2.3).
create table network_counter (
    network_id uuid primary key references network (id),
    head bigint not null default 0
);

create table structure (
    network_id uuid not null references network (id),
    id uuid not null,
    name text not null,
    type text not null,
    commune text not null,
    created_at timestamptz not null default now(),
    primary key (network_id, id)
);

create table promeneur (
    network_id uuid not null references network (id),
    id uuid not null,
    name text not null,
    labelled_on date not null,
    left_on date,
    created_at timestamptz not null default now(),
    primary key (network_id, id),
    constraint promeneur_leaves_after_label check (left_on is null or left_on >= labelled_on)
);

create table promeneur_leave (
    network_id uuid not null,
    promeneur_id uuid not null,
    from_on date not null,
    until_on date not null,
    primary key (network_id, promeneur_id, from_on),
    foreign key (network_id, promeneur_id) references promeneur (network_id, id),
    constraint leave_ends_after_start check (until_on >= from_on)
);

-- To which structure a promeneur belonged, and when: people move, the history stays with the structure.
create table affiliation (
    network_id uuid not null,
    promeneur_id uuid not null,
    structure_id uuid not null,
    from_on date not null,
    until_on date,
    primary key (network_id, promeneur_id, from_on),
    foreign key (network_id, promeneur_id) references promeneur (network_id, id),
    foreign key (network_id, structure_id) references structure (network_id, id),
    constraint affiliation_ends_after_start check (until_on is null or until_on >= from_on)
);
create index affiliation_by_structure on affiliation (network_id, structure_id);

create table holiday (
    network_id uuid not null references network (id),
    from_on date not null,
    until_on date not null,
    primary key (network_id, from_on),
    constraint holiday_ends_after_start check (until_on >= from_on)
);

create table account (
    network_id uuid not null references network (id),
    id uuid not null,
    login text not null,
    name text not null,
    password_hash text not null,
    role text not null,
    promeneur_id uuid,
    disabled_at timestamptz,
    created_at timestamptz not null default now(),
    primary key (network_id, id),
    foreign key (network_id, promeneur_id) references promeneur (network_id, id),
    constraint account_login_is_lower check (login = lower(login)),
    constraint account_role check (role in ('promeneur', 'coordinator')),
    constraint account_promeneur check ((role = 'promeneur') = (promeneur_id is not null))
);
create unique index account_login on account (login);

-- The token itself is only in the browser's cookie.
create table session (
    token_hash bytea primary key,
    network_id uuid not null,
    account_id uuid not null,
    created_at timestamptz not null default now(),
    seen_on date not null default current_date,
    expires_at timestamptz not null,
    foreign key (network_id, account_id) references account (network_id, id)
);
create index session_by_account on session (network_id, account_id);

create table sign_in_failure (
    login text not null,
    at timestamptz not null default now()
);
create index sign_in_failure_by_login on sign_in_failure (login, at);

-- By the day and never by the hour: it tells what is missing, it is no time clock.
create table device (
    network_id uuid not null,
    id uuid not null,
    account_id uuid not null,
    build text not null default '',
    schema int not null default 0,
    first_seen_on date not null,
    last_seen_on date not null,
    pending_count int not null default 0,
    oldest_pending_on date,
    clock_skew_ms bigint not null default 0,
    revoked_at timestamptz,
    primary key (network_id, id),
    foreign key (network_id, account_id) references account (network_id, id)
);
create index device_by_account on device (network_id, account_id);

-- A monthly relevé d'activité, once handed over (domain.md A3, I15).
create table statement (
    network_id uuid not null,
    promeneur_id uuid not null,
    month date not null,
    received_on date not null,
    primary key (network_id, promeneur_id, month),
    foreign key (network_id, promeneur_id) references promeneur (network_id, id),
    constraint statement_month_is_first_day check (extract(day from month) = 1)
);
