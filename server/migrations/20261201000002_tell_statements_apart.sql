-- Which state of its statements a network is in: a year of them in a large network takes longer to read than all its figures, and
-- what they come to is kept by servers until one of them changes (server/src/db/reports/handed.rs), as the numbers of accounts are.
alter table projection_rules add column statements_state uuid not null default gen_random_uuid();

create function statements_changed()
    returns trigger
    language plpgsql
    as $$
        begin
            update projection_rules set statements_state = gen_random_uuid()
                where network_id = coalesce(nullif(current_setting('lanterne.network', true), '')::uuid, network_id);
            return null;
        end
    $$;

create trigger statements_changed after insert or update or delete on statement
    for each statement execute function statements_changed();
