-- How long what people wrote is kept, and what was erased when (domain.md, law; the figures stay).
alter table network
    add column text_months smallint not null default 24 constraint network_text_months check (text_months between 6 and 60),
    add column departed_months smallint not null default 12
        constraint network_departed_months check (departed_months between 1 and 36);
grant update (text_months, departed_months) on network to lanterne_app;

-- The version from which, and from all before it, the words of a record were erased.
alter table record add column erased_version bigint;

create table retention_run (
    network_id uuid not null references network,
    at timestamptz not null,
    texts int not null,
    people int not null,
    others int not null,
    primary key (network_id, at)
);
alter table retention_run enable row level security;
alter table retention_run force row level security;
create policy of_network on retention_run to lanterne_app
    using (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid))
    with check (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
grant select, insert on retention_run to lanterne_app;

-- What is erased of the ledger is words and nothing that counts: fields of free text, and why a record was withdrawn. The hash of
-- what was sent stays, so that a phone which sends it again is answered as before.
do $$
begin
    execute format(
        'create policy of_retention on operation to %1$I '
        'using (network_id = (select nullif(current_setting(''lanterne.network'', true), '''')::uuid)); '
        'create policy of_retention on record to %1$I '
        'using (network_id = (select nullif(current_setting(''lanterne.network'', true), '''')::uuid)); '
        'create policy of_retention on quarantine to %1$I '
        'using (network_id = (select nullif(current_setting(''lanterne.network'', true), '''')::uuid)); '
        'create policy of_retention on invitation to %1$I '
        'using (network_id = (select nullif(current_setting(''lanterne.network'', true), '''')::uuid))', current_user);
end
$$;

create function erase_texts(records uuid[], words text[])
    returns void
    language sql security definer
    set search_path = public, pg_temp
    as $$
        update operation set body = (body::jsonb - words)::json, reason = null
            where network_id = nullif(current_setting('lanterne.network', true), '')::uuid and record_id = any(records)
                and (reason is not null or body::jsonb ?| words);
        update record set body = (body::jsonb - words)::json
            where network_id = nullif(current_setting('lanterne.network', true), '')::uuid and id = any(records)
                and deleted_at is not null
    $$;
revoke all on function erase_texts(uuid[], text[]) from public;
grant execute on function erase_texts(uuid[], text[]) to lanterne_app;

-- What phones could not hand over and was decided on, and invitations of long ago: how many.
create function erase_decided(before date)
    returns int
    language plpgsql security definer
    set search_path = public, pg_temp
    as $$
        declare
            mine uuid := nullif(current_setting('lanterne.network', true), '')::uuid;
            decided int;
            invited int;
        begin
            update quarantine set raw = '{}', note = null, question = null, asked_at = null
                where network_id = mine and resolved_at < before and (raw <> '{}' or note is not null or question is not null);
            get diagnostics decided = row_count;
            delete from invitation where network_id = mine and expires_at < before;
            get diagnostics invited = row_count;
            -- What was refused stands in no record.
            update operation set body = null, reason = null
                where network_id = mine and status in ('rejected', 'conflict') and received_at < before
                    and (body is not null or reason is not null);
            return decided + invited;
        end
    $$;
revoke all on function erase_decided(date) from public;
grant execute on function erase_decided(date) to lanterne_app;

-- When the operator last made a copy of everything. Of no network: the copy holds them all.
create table backup_run (
    at timestamptz primary key,
    bytes bigint not null,
    rows bigint not null
);
grant select on backup_run to lanterne_app;
