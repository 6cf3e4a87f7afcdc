-- The figures of a whole network by month, as `figure_day` keeps those of a person by day: most pages show whole months of
-- the network, and read a row for each of them where they read one for each evening of each person. Minutes of presence
-- stand there too, by the date and slot in which they fall.
--
-- Built anew from the records at the next start (app::domain::measure::RULES).
create table network_month (
    network_id uuid not null,
    -- Its first day.
    month date not null,
    cells text collate "C" not null,
    primary key (network_id, month)
) with (fillfactor = 60);

alter table network_month enable row level security;
alter table network_month force row level security;
create policy of_network on network_month to lanterne_app
    using (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid))
    with check (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
grant select, insert, update, delete on network_month to lanterne_app;

-- The last number of each account in the order of the index, without sorting and without the table.
drop index account_followers_by_account;
create index account_followers_by_account
    on account_followers (network_id, promeneur_id, social_network, as_of desc, record_id desc) include (followers);
