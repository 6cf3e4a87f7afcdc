-- Who is calling, in one question: every request begins with it, and asked table by table it was five (quality.md 2).
--
-- Functions of their caller's rights: the policies hold inside them as outside.

-- The person of an account that is open.
create function person_of(account uuid)
    returns table (network_id uuid, account_id uuid, name text, role text, promeneur_id uuid, network_name text,
        demo boolean, structure_name text)
    language sql stable
    as $$
        select account.network_id, account.id, account.name, account.role, account.promeneur_id, network.name,
               network.demo, structure.name
        from account
        join network on network.id = account.network_id
        left join affiliation on affiliation.network_id = account.network_id
            and affiliation.promeneur_id = account.promeneur_id and affiliation.until_on is null
        left join structure on structure.network_id = affiliation.network_id and structure.id = affiliation.structure_id
        where account.id = person_of.account and account.disabled_at is null
        order by affiliation.from_on desc limit 1
    $$;

-- The person of a session that is not over. The transaction is then in that person's network.
create function session_holder(hash bytea)
    returns table (network_id uuid, account_id uuid, name text, role text, promeneur_id uuid, network_name text,
        demo boolean, structure_name text, expires_at timestamptz)
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
                return query select person.*, held.expires_at from person_of(held.account_id) as person;
            end if;
        end
    $$;
