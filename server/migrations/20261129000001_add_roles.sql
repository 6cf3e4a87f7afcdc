-- The other roles (domain.md A1): who directs a structure and reads its figures; the Caf and the committees, which read the
-- network's with small numbers masked.
alter table account
    add column structure_id uuid,
    add constraint account_belongs_to_structure
        foreign key (network_id, structure_id) references structure (network_id, id),
    drop constraint account_role,
    add constraint account_role
        check (role in ('promeneur', 'coordinator', 'structure_manager', 'caf', 'committee')),
    add constraint account_structure check ((role = 'structure_manager') = (structure_id is not null));

-- As person_of and session_holder, with the structure. Those stay for a server of the release before, while it is replaced.
create function caller_of(account uuid)
    returns table (network_id uuid, account_id uuid, name text, role text, promeneur_id uuid, network_name text,
        demo boolean, structure_id uuid, structure_name text)
    language sql stable
    as $$
        select account.network_id, account.id, account.name, account.role, account.promeneur_id, network.name,
               network.demo, account.structure_id, structure.name
        from account
        join network on network.id = account.network_id
        left join affiliation on affiliation.network_id = account.network_id
            and affiliation.promeneur_id = account.promeneur_id and affiliation.from_on <= current_date
            and (affiliation.until_on is null or affiliation.until_on >= current_date)
        left join structure on structure.network_id = account.network_id
            and structure.id = coalesce(account.structure_id, affiliation.structure_id)
        where account.id = caller_of.account and account.disabled_at is null
        order by affiliation.from_on desc limit 1
    $$;

create function session_caller(hash bytea)
    returns table (network_id uuid, account_id uuid, name text, role text, promeneur_id uuid, network_name text,
        demo boolean, structure_id uuid, structure_name text, expires_at timestamptz)
    language plpgsql volatile
    as $$
        declare
            held record;
        begin
            perform set_config('lanterne.session', encode(hash, 'hex'), true);
            select session.network_id, session.account_id, session.expires_at into held
                from session where token_hash = hash and session.expires_at > now();
            if found then
                perform set_config('lanterne.network', held.network_id::text, true);
                return query select person.*, held.expires_at from caller_of(held.account_id) as person;
            end if;
        end
    $$;
