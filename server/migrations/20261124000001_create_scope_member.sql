-- Whose activity a scope counts, and from which day to which (domain.md C): the one place that knows. A person who
-- moves takes nothing along: what they did counts for the structure they belonged to on that day.
--
-- A plain SQL function of its caller's rights: the planner sees through it, and row-level security holds inside it.
create function scope_member(scope text, scope_id uuid)
    returns table (promeneur_id uuid, from_on date, until_on date)
    language sql stable
    as $$
        select id, date '0001-01-01', date '9999-12-31' from promeneur
        where scope = 'network' or (scope = 'promeneur' and id = scope_id)
        union all
        select affiliation.promeneur_id, affiliation.from_on, coalesce(affiliation.until_on, date '9999-12-31')
        from affiliation
        where scope = 'structure' and structure_id = scope_id
    $$;
