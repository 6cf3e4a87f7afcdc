-- The annual bilan (domain.md C4): texts written for it, each kept with its author and moment, and the versions that were
-- published, each whole. Nothing of either is ever changed or taken away: the application may add and read.
create table bilan_text (
    network_id uuid not null references network,
    id uuid not null,
    period text not null,
    scope text not null,
    chapter text not null,
    text text not null constraint bilan_text_length check (char_length(text) <= 8000),
    author text not null,
    author_id uuid not null,
    written_at timestamptz not null,
    primary key (network_id, id)
);
create index bilan_text_latest on bilan_text (network_id, period, scope, chapter, id desc);

create table bilan_version (
    network_id uuid not null references network,
    id uuid not null,
    period text not null,
    scope text not null,
    number integer not null constraint bilan_version_number check (number > 0),
    document jsonb not null,
    publisher text not null,
    publisher_id uuid not null,
    published_at timestamptz not null,
    primary key (network_id, id),
    constraint bilan_version_once unique (network_id, period, scope, number)
);

do $$
declare
    name text;
begin
    foreach name in array array['bilan_text', 'bilan_version'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format(
            'create policy of_network on %I to lanterne_app '
            'using (network_id = (select nullif(current_setting(''lanterne.network'', true), '''')::uuid)) '
            'with check (network_id = (select nullif(current_setting(''lanterne.network'', true), '''')::uuid))',
            name
        );
        execute format('grant select, insert on %I to lanterne_app', name);
    end loop;
end
$$;

-- Under which numbers of people are masked in what leaves the coordination (domain.md C3).
alter table network add column small_numbers smallint not null default 5
    constraint network_small_numbers check (small_numbers between 3 and 20);
grant update (small_numbers) on network to lanterne_app;
