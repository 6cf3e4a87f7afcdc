-- Every condition that a policy adds names the network. An index without it fits a question only in part: beside it the
-- plan took a second one, and so a pull of three changes read every record of the network (67,000 of them, by record_pkey,
-- for a BitmapAnd), and a day's figures were looked for among those of all promeneurs on that day.
drop index record_by_promeneur;
create unique index record_by_promeneur on record (network_id, promeneur_id, version);
drop index record_of_statement;
create index record_of_statement on record (network_id, promeneur_id) where kind = 'statement' and deleted_at is null;
-- An index of a day's figures that names all three columns: beside the key, which of the two a plan takes when the table is
-- empty is chance.
drop index figure_day_by_day;
create index figure_day_by_day on figure_day (network_id, day, promeneur_id);
