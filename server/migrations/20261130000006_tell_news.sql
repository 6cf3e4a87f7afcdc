-- A notebook that is open hears at once that its phone was withdrawn (server/src/news.rs), whichever server withdrew it.
-- The word names an account and nothing else: who hears it asks, as ever, under the policies.
create function tell_news() returns trigger language plpgsql as $$
begin
    perform pg_notify('news', new.account_id::text);
    return null;
end $$;

create trigger device_news after update of revoked_at on device
    for each row when (old.revoked_at is null and new.revoked_at is not null)
    execute function tell_news();
