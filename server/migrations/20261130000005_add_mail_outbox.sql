-- Invitations that are to go by e-mail. Written in the transaction of whoever asks, sent by whichever server comes to it, also after
-- a restart. What is to be sent holds the link, which is a secret: it is kept until it is sent or of no use, and no longer.
create table mail_outbox (
    network_id uuid not null,
    id uuid not null,
    invitation_id uuid not null,
    address text not null constraint mail_outbox_address check (char_length(address) <= 254),
    link text constraint mail_outbox_link check (char_length(link) <= 500),
    created_at timestamptz not null default now(),
    tries int not null default 0,
    next_try_at timestamptz not null default now(),
    sent_at timestamptz,
    -- Why the last try did not go: a word, and never what a server said, which may name people.
    fault text constraint mail_outbox_fault check (fault in ('unreachable', 'refused', 'over')),
    primary key (network_id, id),
    foreign key (network_id, invitation_id) references invitation (network_id, id) on delete cascade
);
create index mail_outbox_due on mail_outbox (network_id, next_try_at) where link is not null;
create index mail_outbox_of_invitation on mail_outbox (network_id, invitation_id);
alter table mail_outbox enable row level security;
alter table mail_outbox force row level security;
create policy of_network on mail_outbox to lanterne_app
    using (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid))
    with check (network_id = (select nullif(current_setting('lanterne.network', true), '')::uuid));
grant select, insert, update, delete on mail_outbox to lanterne_app;
create constraint trigger audit after insert on mail_outbox
    deferrable initially deferred for each row execute function audit_change('id');

-- Which networks have something to send now. Nothing else of it is told outside of them.
do $$
begin
    execute format('create policy of_service on mail_outbox for select to %I using (true)', current_user);
end
$$;
create function mail_due()
    returns setof uuid
    language sql stable security definer
    set search_path = public, pg_temp
    as $$
        select distinct network_id from mail_outbox where link is not null and next_try_at <= now()
    $$;
revoke all on function mail_due() from public;
grant execute on function mail_due() to lanterne_app;
