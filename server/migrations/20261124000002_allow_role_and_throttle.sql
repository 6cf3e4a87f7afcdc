-- Since PostgreSQL 16 whoever creates a role may give it away and may not take it on: the application does (set role).
do $$
begin
    if current_setting('server_version_num')::int >= 160000 and not pg_has_role(current_user, 'lanterne_app', 'set') then
        execute format('grant lanterne_app to %I with set true', current_user);
    end if;
end
$$;

-- Old attempts are forgotten at every sign-in.
create index sign_in_failure_by_time on sign_in_failure (at);
