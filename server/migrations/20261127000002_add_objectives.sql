-- What a network or a structure sets out to reach in a period (domain.md C22): a count, or minutes a week.
create table objective (
    network_id uuid not null references network,
    period text not null,
    scope text not null,
    aim text not null,
    value bigint not null constraint objective_value check (value between 1 and 1000000),
    primary key (network_id, period, scope, aim)
);
alter table objective enable row level security;
alter table objective force row level security;
create policy of_network on objective to lanterne_app
    using (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid))
    with check (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
grant select, insert, update, delete on objective to lanterne_app;
