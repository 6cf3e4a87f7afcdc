-- Row-level security: a query sees the rows of the network named by its transaction, and no others, whatever it asks.
--
-- The setting is compared through a scalar sub-query, which the planner evaluates once (quality.md 2.1: 45 times
-- faster than a function called for each row). Outside a transaction of ours the setting is absent or empty, and then
-- nothing is visible.

do $$
declare
    guarded text;
begin
    foreach guarded in array array[
        'network_counter', 'structure', 'promeneur', 'promeneur_leave', 'affiliation', 'holiday', 'account', 'session',
        'device', 'statement', 'record', 'operation', 'projection_rules', 'daily_figure', 'presence_minutes',
        'project_span', 'account_followers'
    ] loop
        execute format('alter table %I enable row level security', guarded);
        execute format('alter table %I force row level security', guarded);
        execute format(
            'create policy of_network on %I to lanterne_app '
            'using (network_id = (select nullif(current_setting(''lanterne.network'', true), '''')::uuid)) '
            'with check (network_id = (select nullif(current_setting(''lanterne.network'', true), '''')::uuid))',
            guarded);
        execute format('grant select, insert, update on %I to lanterne_app', guarded);
    end loop;
end
$$;

alter table network enable row level security;
alter table network force row level security;
create policy of_network on network to lanterne_app
    using (id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
grant select, insert on network to lanterne_app;
-- The operator's commands find a network by its name; they run as the owner of the schema.
do $$
begin
    execute format('create policy of_operator on network for select to %I using (true)', current_user);
end
$$;

-- Before the network is known, who holds the secret may see the one row it belongs to.
create policy by_token on session for select to lanterne_app
    using (token_hash = (select decode(nullif(current_setting('lanterne.session', true), ''), 'hex')));
create policy by_login on account for select to lanterne_app
    using (login = (select nullif(current_setting('lanterne.login', true), '')));

-- Failures are counted before anybody is known; the table holds nothing else.
grant select, insert, delete on sign_in_failure to lanterne_app;
grant select on sync_epoch to lanterne_app;

-- What may be forgotten: sessions that are over, projections that are built anew. The ledger is append-only.
grant delete on session, daily_figure, presence_minutes, project_span, account_followers to lanterne_app;
revoke update on operation from lanterne_app;
