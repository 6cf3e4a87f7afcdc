-- Of which years people are told in parts outside the coordination: of a civil year and a school year that overlap, what one
-- masks could be computed from the other.
alter table network add column told_years text not null default 'civil'
    constraint network_told_years check (told_years in ('civil', 'school'));
grant update (told_years) on network to lanterne_app;
