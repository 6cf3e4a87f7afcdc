-- Minutes of presence a week that a promeneur has committed to, where that was agreed on (domain.md I7).
alter table promeneur add column weekly_minutes int
    constraint promeneur_week_has_its_hours check (weekly_minutes between 1 and 7 * 24 * 60);
