-- A phone's notebook can be locked: then what it holds is encrypted there under a key that only the code opens, and this one,
-- for who forgets the code. It opens nothing that the server does not hold but what was not sent yet.
create table lock_key (
    network_id uuid not null,
    account_id uuid not null,
    lock_id uuid not null,
    key bytea not null constraint lock_key_length check (octet_length(key) = 32),
    kept_on date not null default current_date,
    primary key (network_id, account_id, lock_id),
    foreign key (network_id, account_id) references account (network_id, id)
);
alter table lock_key enable row level security;
alter table lock_key force row level security;
create policy of_network on lock_key to lanterne_app
    using (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid))
    with check (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
grant select, insert, delete on lock_key to lanterne_app;
