-- The figures of a promeneur's day in one row: a cell is a measure, its key and its value. Cell by cell, an entry was
-- seventeen rows to find and to write anew, which was most of a push; its day is one. Dashboards read the same cells,
-- in a fifteenth of the rows (20,020 cells of the demonstration's school year stand in 1,331).
--
-- Built anew from the records at the next start (app::domain::measure::RULES).
drop table daily_figure;
create table figure_day (
    network_id uuid not null,
    promeneur_id uuid not null,
    day date not null,
    measures text[] collate "C" not null,
    keys text[] collate "C" not null,
    sums bigint[] not null,
    -- A promeneur is of one network; the records that these figures are of refer to both.
    primary key (promeneur_id, day),
    constraint figure_day_cells check (
        cardinality(measures) = cardinality(keys) and cardinality(measures) = cardinality(sums))
) with (fillfactor = 60);
create index figure_day_by_day on figure_day (network_id, day);

alter table figure_day enable row level security;
alter table figure_day force row level security;
create policy of_network on figure_day to lanterne_app
    using (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid))
    with check (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
grant select, insert, update, delete on figure_day to lanterne_app;

-- Cell by cell, as it is read.
create view daily_figure with (security_invoker = true) as
    select network_id, promeneur_id, day, measure, key, value
    from figure_day, unnest(measures, keys, sums) as cell (measure, key, value);
grant select on daily_figure to lanterne_app;
