-- Sessions as their owner sees them, one by one: on what, since when, to be ended alone; and when somebody last showed who they
-- are, for what needs it freshly.
alter table session
    add column id uuid not null default gen_random_uuid(),
    add column agent text not null default '' constraint session_agent check (char_length(agent) <= 60),
    add column confirmed_at timestamptz not null default now();
create unique index session_id on session (network_id, id);

-- Since when a session must have begun to bring in a phone that is not known: when one is withdrawn, whoever holds it may have
-- its session too, and must not come back as another one.
alter table account add column enrol_after timestamptz;

-- As session_caller, with the session. That one stays for a server of the release before, while it is replaced.
create function session_open(hash bytea)
    returns table (network_id uuid, account_id uuid, name text, role text, promeneur_id uuid, network_name text,
        demo boolean, structure_id uuid, structure_name text, expires_at timestamptz, session_id uuid,
        confirmed_at timestamptz, may_enrol boolean)
    language plpgsql volatile
    as $$
        declare
            held record;
        begin
            perform set_config('lanterne.session', encode(hash, 'hex'), true);
            select session.network_id, session.account_id, session.expires_at, session.id, session.confirmed_at,
                    session.created_at into held
                from session where token_hash = hash and session.expires_at > now();
            if found then
                perform set_config('lanterne.network', held.network_id::text, true);
                return query select person.*, held.expires_at, held.id, held.confirmed_at,
                    held.created_at > coalesce((select enrol_after from account where id = held.account_id), '-infinity')
                    from caller_of(held.account_id) as person;
            end if;
        end
    $$;

-- Attempts to sign in are counted by name and by address, both for a quarter of an hour.
alter table sign_in_failure add column address text not null default '';
create index sign_in_failure_by_address on sign_in_failure (address, at);

-- A browser in which somebody signed in before: its attempts are counted apart, so that whoever tries the name from elsewhere
-- locks out nobody. Of its cookie only the hash is kept.
create table known_browser (
    token_hash bytea not null,
    network_id uuid not null,
    account_id uuid not null,
    used_on date not null,
    primary key (token_hash, network_id, account_id),
    foreign key (network_id, account_id) references account (network_id, id)
);
create index known_browser_of_account on known_browser (network_id, account_id);
alter table known_browser enable row level security;
alter table known_browser force row level security;
create policy of_network on known_browser to lanterne_app
    using (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid))
    with check (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
create policy by_token on known_browser for select to lanterne_app
    using (token_hash = (select decode(nullif(current_setting('lanterne.session', true), ''), 'hex')));
grant select, insert, update, delete on known_browser to lanterne_app;
