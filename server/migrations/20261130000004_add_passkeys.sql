-- Passkeys: what a phone or a computer signs with when its person shows it a finger, a face or its code. Only public keys are
-- kept.
create table passkey (
    network_id uuid not null,
    id uuid not null default gen_random_uuid(),
    account_id uuid not null,
    credential_id bytea not null constraint passkey_credential unique
        constraint passkey_credential_length check (octet_length(credential_id) <= 1023),
    credential json not null,
    name text not null constraint passkey_name check (char_length(name) <= 60),
    created_on date not null default current_date,
    used_on date,
    primary key (network_id, id),
    foreign key (network_id, account_id) references account (network_id, id)
);
create index passkey_of_account on passkey (network_id, account_id);
alter table passkey enable row level security;
alter table passkey force row level security;
create policy of_network on passkey to lanterne_app
    using (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid))
    with check (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
-- At the door nobody's network is known yet: only the one that was shown is found.
create policy by_credential on passkey for select to lanterne_app
    using (credential_id = (select decode(nullif(current_setting('lanterne.credential', true), ''), 'hex')));
grant select, insert, update, delete on passkey to lanterne_app;
-- That one is used changes its counter and is no act of anybody's.
create constraint trigger audit after insert or delete on passkey
    deferrable initially deferred for each row execute function audit_change('id');

-- What was asked of a browser and is not answered yet. Of no network, like the tries at the door: nobody is known there.
create table passkey_challenge (
    id uuid primary key default gen_random_uuid(),
    purpose text not null constraint passkey_challenge_purpose check (purpose in ('sign_in', 'add', 'confirm')),
    account_id uuid,
    address text not null,
    state json not null,
    at timestamptz not null default now()
);
create index passkey_challenge_at on passkey_challenge (at);
create index passkey_challenge_of_address on passkey_challenge (address, at);
create index passkey_challenge_of_account on passkey_challenge (account_id);
grant select, insert, delete on passkey_challenge to lanterne_app;
