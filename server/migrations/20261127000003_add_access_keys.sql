-- Keys with which the programs of others read the figures of a network. Of the secret only the hash is kept; a key that was
-- taken back stays, so that one can tell later who held one.
create table access_key (
    network_id uuid not null references network,
    id uuid not null,
    name text not null constraint access_key_name check (char_length(name) between 1 and 80),
    token_hash bytea not null unique,
    creator text not null,
    creator_id uuid not null,
    created_at timestamptz not null,
    revoked_at timestamptz,
    primary key (network_id, id)
);
alter table access_key enable row level security;
alter table access_key force row level security;
create policy of_network on access_key to lanterne_app
    using (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid))
    with check (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
-- Before the network is known, who holds the secret may see the one row it belongs to.
create policy by_token on access_key for select to lanterne_app
    using (token_hash = (select decode(nullif(current_setting('lanterne.session', true), ''), 'hex')));
grant select, insert, update (revoked_at) on access_key to lanterne_app;
