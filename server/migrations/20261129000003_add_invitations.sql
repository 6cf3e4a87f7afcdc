-- Invitations: a link that opens once, for a new account or for one that lost its passphrase. Of the secret only the hash is
-- kept. One that was used, taken back or outlived stays, so that one can tell later who was let in by whom.
create table invitation (
    network_id uuid not null references network,
    id uuid not null,
    token_hash bytea not null unique,
    name text not null constraint invitation_name check (char_length(name) between 1 and 80),
    role text not null,
    promeneur_id uuid,
    structure_id uuid,
    account_id uuid,
    creator text not null,
    creator_id uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    revoked_at timestamptz,
    primary key (network_id, id),
    foreign key (network_id, promeneur_id) references promeneur (network_id, id),
    foreign key (network_id, structure_id) references structure (network_id, id),
    foreign key (network_id, account_id) references account (network_id, id),
    constraint invitation_role check (role in ('promeneur', 'coordinator', 'structure_manager', 'caf', 'committee'))
);
alter table invitation enable row level security;
alter table invitation force row level security;
create policy of_network on invitation to lanterne_app
    using (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid))
    with check (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
-- Before the network is known, who holds the secret may see the one row it belongs to.
create policy by_token on invitation for select to lanterne_app
    using (token_hash = (select decode(nullif(current_setting('lanterne.session', true), ''), 'hex')));
grant select, insert, update (used_at, revoked_at) on invitation to lanterne_app;
-- One account a promeneur, whoever is invited twice.
create unique index account_of_promeneur on account (network_id, promeneur_id) where promeneur_id is not null;
-- A leave that was noted by mistake is taken away.
grant delete on promeneur_leave to lanterne_app;
