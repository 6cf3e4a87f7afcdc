-- Of which years people are told in parts outside the coordination: of a civil year and a school year that overlap, what one
-- masks could be computed from the other.
alter table network add column told_years text not null default 'civil'
    constraint network_told_years check (told_years in ('civil', 'school'));
grant update (told_years) on network to lanterne_app;
-- What was published already says which kind it is.
update network set told_years = 'school'
where demo or exists (
    select from bilan_version
    where network_id = network.id and scope = 'reseau' and period ~ '^[0-9]{4}-[0-9]{4}$'
);
