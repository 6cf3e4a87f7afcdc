-- A statement is handed over by a record of its own (domain.md C19): the newest of a month stands, until it is withdrawn.
-- Rows without a record were entered by hand before there were such records.
alter table statement add column record_id uuid;
grant delete on statement to lanterne_app;

-- A push of statements finds those of its promeneur anew; nothing else looks at this index, or writes it.
create index record_of_statement on record (promeneur_id) where kind = 'statement' and deleted_at is null;
