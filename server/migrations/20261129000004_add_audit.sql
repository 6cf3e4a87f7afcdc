-- What was done in the administration of a network: by whom, to which row, which fields; not what they held, but for what names
-- the row: the day on which a leave began, a number of the department. Written by
-- triggers, so that no way around exists, and in the transaction of the act itself. Each line holds the hash of the one
-- before with its own content: a line that was changed, or is missing, is found (quality.md R10).
create table audit_event (
    network_id uuid not null references network,
    seq bigint not null,
    at timestamptz not null,
    -- The account; null for the operator, who needs none.
    actor_id uuid,
    act text not null,
    subject text not null,
    subject_key text not null,
    -- Whom it is about, where it is about somebody: an account, a promeneur, a structure.
    subject_id uuid,
    fields text[] not null,
    hash bytea not null,
    primary key (network_id, seq)
);
alter table audit_event enable row level security;
alter table audit_event force row level security;
create policy of_network on audit_event for select to lanterne_app
    using (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
-- Read and nothing else: lines come from the functions below, which run as the owner of the schema.
grant select on audit_event to lanterne_app;
do $$
begin
    execute format('create policy of_owner on audit_event to %I using (true) with check (true)', current_user);
end
$$;

-- Every part with its length before it: no two contents have one text.
create function audit_text(network uuid, seq bigint, at timestamptz, actor uuid, act text, subject text, key text,
    subject_id uuid, fields text[])
    returns text
    language sql immutable
    as $$
        select string_agg(octet_length(part) || ':' || part, '' order by place)
        from unnest(array[network::text, seq::text, (extract(epoch from at) * 1000000)::bigint::text,
            coalesce(actor::text, ''), act, subject, key, coalesce(subject_id::text, ''), array_to_string(fields, ',')])
            with ordinality as it (part, place)
    $$;

-- Adds a line. One at a time in a network: each needs the one before.
create function audit_add(network uuid, act text, subject text, key text, subject_id uuid, fields text[])
    returns void
    language plpgsql security definer
    set search_path = public, pg_temp
    as $$
        declare
            before record;
            actor uuid := nullif(current_setting('lanterne.account', true), '')::uuid;
            moment timestamptz := clock_timestamp();
        begin
            perform pg_advisory_xact_lock(hashtextextended('lanterne.audit ' || network, 0));
            select audit_event.seq, audit_event.hash into before
                from audit_event where network_id = network order by audit_event.seq desc limit 1;
            insert into audit_event values (network, coalesce(before.seq, 0) + 1, moment, actor, act, subject, key, subject_id, fields,
                sha256(coalesce(before.hash, '') || convert_to(
                    audit_text(network, coalesce(before.seq, 0) + 1, moment, actor, act, subject, key, subject_id, fields),
                    'UTF8')));
        end
    $$;
revoke all on function audit_add(uuid, text, text, text, uuid, text[]) from public;

-- What leaves the office: noted by the application itself, in its own network.
create function audit_note(act text, subject text, key text)
    returns void
    language sql security definer
    set search_path = public, pg_temp
    as $$
        select audit_add(nullif(current_setting('lanterne.network', true), '')::uuid, act, subject, key, null, '{}')
    $$;
revoke all on function audit_note(text, text, text) from public;
grant execute on function audit_note(text, text, text) to lanterne_app;

-- The arguments are the columns of the key; the first of them that names somebody is whom it is about.
create function audit_change()
    returns trigger
    language plpgsql security definer
    set search_path = public, pg_temp
    as $$
        declare
            was jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
            now jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
            it jsonb := coalesce(now, was);
            changed text[] := '{}';
        begin
            if tg_op = 'UPDATE' then
                select coalesce(array_agg(name order by name), '{}') into changed
                    from jsonb_object_keys(now) as name where now -> name is distinct from was -> name;
                if changed = '{}' then
                    return null;
                end if;
            end if;
            perform audit_add(
                coalesce(it ->> 'network_id', it ->> 'id')::uuid, lower(tg_op), tg_table_name,
                (select string_agg(it ->> name, ' ' order by place) from unnest(tg_argv) with ordinality as key (name, place)),
                coalesce(it ->> 'promeneur_id', it ->> 'structure_id', it ->> 'account_id',
                    case when tg_table_name in ('account', 'promeneur', 'structure', 'territory') then it ->> 'id' end)::uuid,
                changed);
            return null;
        end
    $$;
revoke all on function audit_change() from public;

-- At the end of each transaction, so that no lock is asked for while the line before it is held.
do $$
declare
    watched text[];
begin
    foreach watched slice 1 in array array[
        array['network', 'id'], array['structure', 'id'], array['promeneur', 'id'], array['account', 'id'],
        array['invitation', 'id'], array['access_key', 'id'], array['import_file', 'id'], array['territory', 'id'],
        array['network_event', 'id'], array['bilan_text', 'id'], array['bilan_version', 'id'],
        array['helpline', 'number']
    ] loop
        execute format(
            'create constraint trigger audit after insert or update or delete on %I '
            'deferrable initially deferred for each row execute function audit_change(%L)', watched[1], watched[2]);
    end loop;
end
$$;
create constraint trigger audit after insert or update or delete on promeneur_leave
    deferrable initially deferred for each row execute function audit_change('promeneur_id', 'from_on');
create constraint trigger audit after insert or update or delete on affiliation
    deferrable initially deferred for each row execute function audit_change('promeneur_id', 'from_on');
create constraint trigger audit after insert or update or delete on holiday
    deferrable initially deferred for each row execute function audit_change('from_on');
create constraint trigger audit after insert or update or delete on objective
    deferrable initially deferred for each row execute function audit_change('period', 'scope', 'aim');
create constraint trigger audit after insert or update or delete on account_check
    deferrable initially deferred for each row execute function audit_change('promeneur_id', 'social_network', 'checked_on');
-- Phones say something of themselves with every round; what is watched is that one was withdrawn.
create constraint trigger audit after update on device
    deferrable initially deferred for each row when (old.revoked_at is distinct from new.revoked_at)
    execute function audit_change('id');
-- What phones could not hand over comes by itself; what is watched is what was decided of it.
create constraint trigger audit after update on quarantine
    deferrable initially deferred for each row execute function audit_change('op_id');
