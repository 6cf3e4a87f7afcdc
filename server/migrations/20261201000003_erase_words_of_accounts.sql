-- The number of an account can say which network it is on, where the list has no word for it: words like the others, old from
-- the day on which the number was read.
create or replace function words_day(body json, deleted_at timestamptz)
    returns text
    language sql stable
    as $$
        select coalesce(body->>'occurred_on', left(body->>'started_at', 10), body->>'ended_on', body->>'month', body->>'as_of',
            left(deleted_at::text, 10))
    $$;
