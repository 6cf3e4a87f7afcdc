-- What dashboards read, written in the transaction of the ledger and rebuildable from it (lanterne admin rebuild).

-- The rules by which the projections were computed (app::domain::measure::RULES).
create table projection_rules (
    network_id uuid primary key references network (id),
    rules int not null
);

-- Sums by day: every additive figure (domain.md C).
create table daily_figure (
    network_id uuid not null references network (id),
    promeneur_id uuid not null,
    day date not null,
    measure text collate "C" not null,
    key text collate "C" not null,
    value bigint not null,
    primary key (network_id, promeneur_id, day, measure, key)
);
create index daily_figure_by_day on daily_figure (network_id, day) include (promeneur_id, measure, key, value);

-- Minutes of presence, by the day on which the presence starts and the day and slot in which they fall.
create table presence_minutes (
    network_id uuid not null references network (id),
    promeneur_id uuid not null,
    day date not null,
    on_day date not null,
    slot text collate "C" not null,
    minutes bigint not null,
    primary key (network_id, promeneur_id, day, on_day, slot)
);
create index presence_minutes_by_day on presence_minutes (network_id, day);

create table project_span (
    network_id uuid not null references network (id),
    record_id uuid not null,
    promeneur_id uuid not null,
    kind text not null,
    origin text not null,
    stage text not null,
    theme text not null,
    initiated_on date not null,
    ended_on date,
    young_count int not null,
    primary key (network_id, record_id)
);
create index project_span_by_promeneur on project_span (network_id, promeneur_id);

create table account_followers (
    network_id uuid not null references network (id),
    record_id uuid not null,
    promeneur_id uuid not null,
    social_network text not null,
    as_of date not null,
    followers bigint not null,
    primary key (network_id, record_id)
);
create index account_followers_by_account on account_followers (network_id, promeneur_id, social_network, as_of desc);
