-- Whether the notebook asks for the gender of young people (domain.md B7): not before a network decides so.
alter table network add column asks_gender boolean not null default false;
grant update (asks_gender) on network to lanterne_app;

-- Which structure somebody belongs to today is asked of the network's day, as everything else is: at one in the morning of a
-- summer's night the database, which counts in universal time, is still in the day before.
create or replace function caller_of(account uuid)
    returns table (network_id uuid, account_id uuid, name text, role text, promeneur_id uuid, network_name text,
        demo boolean, structure_id uuid, structure_name text)
    language sql stable
    as $$
        select account.network_id, account.id, account.name, account.role, account.promeneur_id, network.name,
               network.demo, account.structure_id, structure.name
        from account
        join network on network.id = account.network_id
        left join affiliation on affiliation.network_id = account.network_id
            and affiliation.promeneur_id = account.promeneur_id
            and affiliation.from_on <= (now() at time zone network.time_zone)::date
            and (affiliation.until_on is null or affiliation.until_on >= (now() at time zone network.time_zone)::date)
        left join structure on structure.network_id = account.network_id
            and structure.id = coalesce(account.structure_id, affiliation.structure_id)
        where account.id = caller_of.account and account.disabled_at is null
        order by affiliation.from_on desc limit 1
    $$;
