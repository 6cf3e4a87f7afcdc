-- Which state of its accounts' numbers a network is in: the sum of the last number of each account takes a large network longer
-- than any other figure, and is kept by servers until it changes (server/src/db/reports/accounts.rs). By a trigger, so that a
-- server of the release before, which knows nothing of it, tells too. No number, which a restored database would count anew.
alter table projection_rules add column followers_state uuid not null default gen_random_uuid();

-- Once a statement, whatever it wrote: of the network of the transaction, or of all where somebody works beside us.
create function followers_changed()
    returns trigger
    language plpgsql
    as $$
        begin
            update projection_rules set followers_state = gen_random_uuid()
                where network_id = coalesce(nullif(current_setting('lanterne.network', true), '')::uuid, network_id);
            return null;
        end
    $$;

create trigger followers_changed after insert or update or delete on account_followers
    for each statement execute function followers_changed();

-- Some days of a whole network, and its last one. Not by `day` itself, by which the planner would look through the days of all
-- for those of one person (…_tell_days_apart.sql); nor by `day + 0`, as it was: only what is known to tell nothing of other rows
-- (leakproof) may use an index under row-level security, which `+` is not and `greatest` is. The release before asks for the last
-- day by `figure_day_last`, which the next one may drop.
create index figure_day_of_network on figure_day (network_id, (greatest(day, day)));
