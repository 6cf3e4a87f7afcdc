-- What a push pays for each of its rows, and what nobody reads.

-- No question is asked by phone; and versions are those of operations, which stay unique in a network.
drop index operation_by_device;
drop index record_version;
drop index record_by_promeneur;
create unique index record_by_promeneur on record (promeneur_id, version);

-- A check of a reference is a query for each row (see lighten_pushes). A record's promeneur is that of the account which
-- pushes, or of what waits for a decision: both refer to it; and nobody may delete a promeneur.
alter table record drop constraint record_network_id_promeneur_id_fkey;

-- The cells of a day as lines of a text, `measure key value`, the codes being words: half the bytes of three arrays, to
-- write and to read, and beside them a third of the time of a dashboard's question.
--
-- Built anew from the records at the next start (app::domain::measure::RULES).
drop view daily_figure;
drop table figure_day;
create table figure_day (
    network_id uuid not null,
    promeneur_id uuid not null,
    day date not null,
    cells text collate "C" not null,
    -- A promeneur is of one network; the records that these figures are of refer to both.
    primary key (promeneur_id, day)
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
    select network_id, promeneur_id, day, split_part(cell, ' ', 1) as measure, split_part(cell, ' ', 2) as key,
           split_part(cell, ' ', 3)::bigint as value
    from figure_day, unnest(string_to_array(cells, E'\n')) as cell;
grant select on daily_figure to lanterne_app;

-- Who else than its promeneur wrote a record: looked for in the ledger, row by row, that was half the time of a pull.
alter table record add column written_by uuid;
-- The policies are for lanterne_app and hold the owner too: not while all networks are gone through.
alter table record no force row level security;
alter table operation no force row level security;
alter table account no force row level security;
update record set written_by = account_id
    from operation join account on account.network_id = operation.network_id and account.id = operation.account_id
    where operation.network_id = record.network_id and result_version = record.version and status = 'applied'
        and account.promeneur_id is distinct from record.promeneur_id;
alter table record force row level security;
alter table operation force row level security;
alter table account force row level security;
