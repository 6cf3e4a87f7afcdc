-- Of which subjects the wishes and the difficulties of a statement speak (domain.md I17): their codes, by a space. The dashboard
-- counts them; the texts themselves are read on their own page.
--
-- Built anew from the records at the next start (app::domain::measure::RULES), and with them the minutes of presence, which
-- stand in the cells of `figure_day` from here on: nothing is written to `presence_minutes` any more. Until it is replaced, a
-- server of the release before shows no minutes of presence on its page of statements; written to both, its dashboards would
-- count them twice. The release after this one drops the table, and the function `scope_member`, which nothing calls now.
alter table statement
    add column wishes text collate "C" not null default '',
    add column difficulties text collate "C" not null default '';
