-- Whom to call in the department, beside the national numbers: what the coordination sets and « Aide » shows.
create table helpline (
    network_id uuid not null references network,
    number text not null constraint helpline_number check (number ~ '^\+?[0-9]{2,15}$'),
    words text not null constraint helpline_words check (char_length(words) between 1 and 120),
    added_at timestamptz not null default now(),
    primary key (network_id, number)
);
alter table helpline enable row level security;
alter table helpline force row level security;
create policy of_network on helpline to lanterne_app
    using (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid))
    with check (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
grant select, insert, update, delete on helpline to lanterne_app;
