-- Territories: structures whose activity is read together (domain.md C, "a territory").
create table territory (
    network_id uuid not null references network,
    id uuid not null,
    name text not null constraint territory_name check (char_length(name) between 1 and 80),
    primary key (network_id, id),
    unique (network_id, name)
);
alter table structure
    add column territory_id uuid,
    add constraint structure_is_in_territory foreign key (network_id, territory_id) references territory (network_id, id);
create index structure_by_territory on structure (network_id, territory_id) where territory_id is not null;

create or replace function scope_member(scope text, scope_id uuid)
    returns table (promeneur_id uuid, from_on date, until_on date)
    language sql stable
    as $$
        select id, date '0001-01-01', date '9999-12-31' from promeneur
        where scope = 'network' or (scope = 'promeneur' and id = scope_id)
        union all
        select affiliation.promeneur_id, affiliation.from_on, coalesce(affiliation.until_on, date '9999-12-31')
        from affiliation
        where scope = 'structure' and structure_id = scope_id
        union all
        select affiliation.promeneur_id, affiliation.from_on, coalesce(affiliation.until_on, date '9999-12-31')
        from affiliation
        where scope = 'territory' and structure_id in (select id from structure where territory_id = scope_id)
    $$;

-- What the coordination noted of the network's own life (domain.md B12), from which I12 is counted. One that was taken back
-- stays, and can be put back.
create table network_event (
    network_id uuid not null references network,
    id uuid not null,
    kind text not null,
    on_day date not null,
    medium text not null default '',
    minutes int not null default 0 constraint event_minutes check (minutes between 0 and 14400),
    organiser text not null default '' constraint event_organiser check (char_length(organiser) <= 80),
    subject text not null default '' constraint event_subject check (char_length(subject) <= 200),
    promeneurs int constraint event_promeneurs check (promeneurs between 0 and 10000),
    structures int constraint event_structures check (structures between 0 and 10000),
    partners int constraint event_partners check (partners between 0 and 10000),
    others int constraint event_others check (others between 0 and 100000),
    resources int constraint event_resources check (resources between 0 and 10000),
    author text not null,
    author_id uuid not null,
    written_at timestamptz not null,
    withdrawn_at timestamptz,
    primary key (network_id, id)
);
create index network_event_by_day on network_event (network_id, on_day);

-- Whether a promeneur's professional account shows what the charter asks for (I14): first name, structure, photograph.
create table account_check (
    network_id uuid not null references network,
    promeneur_id uuid not null,
    social_network text not null,
    first_name boolean not null,
    structure boolean not null,
    photo boolean not null,
    checked_on date not null,
    checked_by text not null,
    primary key (network_id, promeneur_id, social_network, checked_on),
    foreign key (network_id, promeneur_id) references promeneur (network_id, id)
);

do $$
declare
    guarded text;
begin
    foreach guarded in array array['territory', 'network_event', 'account_check'] loop
        execute format('alter table %I enable row level security', guarded);
        execute format('alter table %I force row level security', guarded);
        execute format(
            'create policy of_network on %I to lanterne_app '
            'using (network_id = (select nullif(current_setting(''lanterne.network'', true), '''')::uuid)) '
            'with check (network_id = (select nullif(current_setting(''lanterne.network'', true), '''')::uuid))',
            guarded);
    end loop;
end
$$;
grant select, insert, update (name), delete on territory to lanterne_app;
grant select, insert, update on network_event to lanterne_app;
-- Each look is kept: what was found in one year is not changed by looking again in the next. One of an account that was never
-- there can be taken away.
grant select, insert, update, delete on account_check to lanterne_app;
