-- Which state of its accounts' numbers a network is in: the sum of the last number of each account takes a large network longer
-- than any other figure, and is kept by servers until it changes (server/src/db/reports/accounts.rs). By a trigger, so that a
-- server of the release before, which knows nothing of it, counts too.
alter table projection_rules add column followers_version bigint not null default 0;

-- Once a statement, whatever it wrote: of the network of the transaction, or of all where somebody works beside us.
create function followers_changed()
    returns trigger
    language plpgsql
    as $$
        begin
            update projection_rules set followers_version = followers_version + 1
                where network_id = coalesce(nullif(current_setting('lanterne.network', true), '')::uuid, network_id);
            return null;
        end
    $$;

create trigger followers_changed after insert or update or delete on account_followers
    for each statement execute function followers_changed();
