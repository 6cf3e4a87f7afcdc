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

-- The fields in which somebody wrote freely. Nothing that is counted is among them.
create function free_texts()
    returns text[]
    language sql immutable
    as $$
        select array['note', 'title', 'network_other', 'theme_other', 'highlight', 'difficulties', 'training_wishes']
    $$;

-- The day from which a record's words are counted: that of the evening, of a project its end, else of its withdrawal. A project that
-- goes on has none.
create function words_day(body json, deleted_at timestamptz)
    returns text
    language sql stable
    as $$
        select coalesce(body->>'occurred_on', left(body->>'started_at', 10), body->>'ended_on', body->>'month',
            left(deleted_at::text, 10))
    $$;

-- How old is old enough stands in here, and which fields: whoever could run statements of their own erases nothing else with it.
create function erase_texts(records uuid[])
    returns void
    language plpgsql security definer
    set search_path = public, pg_temp
    as $$
        declare
            mine uuid := nullif(current_setting('lanterne.network', true), '')::uuid;
            old uuid[];
        begin
            select array_agg(record.id) into old
                from record join network on network.id = record.network_id
                where record.network_id = mine and record.id = any(records)
                    and words_day(body, deleted_at) < (current_date + 1 - make_interval(months => text_months))::date::text;
            update operation set body = (body::jsonb - free_texts())::json, reason = null
                where network_id = mine and record_id = any(old) and (reason is not null or body::jsonb ?| free_texts());
            update record set body = (body::jsonb - free_texts())::json
                where network_id = mine and id = any(old) and deleted_at is not null;
        end
    $$;
revoke all on function erase_texts(uuid[]) from public;
grant execute on function erase_texts(uuid[]) to lanterne_app;

-- What phones could not hand over and was decided on, what was refused, and invitations of long ago: how many.
create function erase_decided()
    returns int
    language plpgsql security definer
    set search_path = public, pg_temp
    as $$
        declare
            mine uuid := nullif(current_setting('lanterne.network', true), '')::uuid;
            before timestamptz;
            decided int;
            invited int;
            refused int;
        begin
            select now() - make_interval(months => text_months) into before from network where id = mine;
            update quarantine set raw = '{}', note = null, question = null, asked_at = null
                where network_id = mine and resolved_at < before
                    and (raw <> '{}' or note is not null or question is not null);
            get diagnostics decided = row_count;
            delete from invitation where network_id = mine and expires_at < before;
            get diagnostics invited = row_count;
            -- What was refused stands in no record; it waits for a person as long as nobody decided and nothing later stands.
            update operation as it set body = null, reason = null
                where network_id = mine and received_at < before and (body is not null or reason is not null)
                    and (status = 'conflict' or status = 'rejected' and (
                        exists (select from quarantine as held
                            where held.network_id = mine and held.op_id = it.op_id and held.resolved_at < before)
                        or exists (select from operation as later
                            where later.network_id = mine and later.record_id = it.record_id
                                and later.status in ('applied', 'duplicate')
                                and later.account_id <> '00000000-0000-0000-0000-000000000000'
                                and (later.received_at, later.seq) > (it.received_at, it.seq))));
            get diagnostics refused = row_count;
            return decided + invited + refused;
        end
    $$;
revoke all on function erase_decided() from public;
grant execute on function erase_decided() to lanterne_app;

-- When the operator last made a copy of everything. Of no network: the copy holds them all.
create table backup_run (
    at timestamptz primary key,
    bytes bigint not null,
    rows bigint not null
);
grant select on backup_run to lanterne_app;

-- What the service itself rewrote, under no account, is no answer of anybody's.
create or replace view quarantine_open with (security_invoker = true) as
    select op_id, account_id, promeneur_id, device_id, record_id, seq, source, reason, raw, received_on, question,
        asked_at
    from quarantine as held
    where resolved_at is null
        and not exists (
            select from operation
            where operation.network_id = held.network_id and operation.op_id = held.op_id
                and operation.promeneur_id = held.promeneur_id and status in ('applied', 'duplicate'))
        and not exists (
            select from operation
            where operation.network_id = held.network_id and operation.record_id = held.record_id
                and operation.promeneur_id = held.promeneur_id and status = 'applied'
                and operation.account_id <> '00000000-0000-0000-0000-000000000000'
                and operation.received_at > held.asked_at)
        and not exists (
            select from operation as refusal
            join operation as later on later.network_id = refusal.network_id and later.record_id = refusal.record_id
            where held.source = 'refused' and refusal.network_id = held.network_id and refusal.op_id = held.op_id
                and later.promeneur_id = held.promeneur_id and later.status in ('applied', 'duplicate')
                and later.account_id <> '00000000-0000-0000-0000-000000000000'
                and (later.received_at, later.seq) > (refusal.received_at, refusal.seq));
