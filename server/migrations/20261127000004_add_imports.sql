-- Spreadsheets of past activity. Of a file the text is kept only until somebody decides about it; afterwards only what it
-- was called and what became of it. The ledger holds its id as the device on which its records were made.
create table import_file (
    network_id uuid not null references network,
    id uuid not null,
    kind text not null,
    file_name text not null constraint import_file_name_length check (char_length(file_name) <= 120),
    content text,
    mapping json not null,
    importer text not null,
    importer_id uuid not null,
    received_at timestamptz not null,
    done_at timestamptz,
    added integer not null default 0,
    corrected integer not null default 0,
    left_out integer not null default 0,
    undone_at timestamptz,
    primary key (network_id, id),
    constraint import_file_waits check ((content is null) = (done_at is not null))
);

-- By which a row is known again when its file is brought once more (server/src/import/rows.rs).
create table imported_row (
    network_id uuid not null references network,
    key bytea not null,
    record_id uuid not null,
    file_id uuid not null,
    primary key (network_id, key),
    foreign key (network_id, file_id) references import_file (network_id, id)
);
create index imported_row_of_file on imported_row (network_id, file_id);

do $$
declare
    name text;
begin
    foreach name in array array['import_file', 'imported_row'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format(
            'create policy of_network on %I to lanterne_app '
            'using (network_id = (select nullif(current_setting(''lanterne.network'', true), '''')::uuid)) '
            'with check (network_id = (select nullif(current_setting(''lanterne.network'', true), '''')::uuid))',
            name
        );
    end loop;
end
$$;
grant select, insert, delete, update (content, mapping, done_at, added, corrected, left_out, undone_at)
    on import_file to lanterne_app;
grant select, insert, delete on imported_row to lanterne_app;
