-- A check of a reference is a query for each row. These say of every row of a push, seventeen figures an entry, that its
-- network exists, and cost as much as the entry itself. It is known without them: a record's promeneur is one of the
-- network (that reference stays), the policies let a transaction write rows of its own network only, and that is the one
-- whose counter it holds, which refers to the network.
alter table record drop constraint record_network_id_fkey;
alter table operation drop constraint operation_network_id_fkey;
alter table daily_figure drop constraint daily_figure_network_id_fkey;
alter table presence_minutes drop constraint presence_minutes_network_id_fkey;

-- An operation is looked for by its key, and only by that: where other indexes begin with the network too, a plan that
-- was made while the table was empty may take one of them, and read every operation of the network for each that is
-- looked for. The ids of phones and records are unique by themselves.
drop index operation_by_device;
create index operation_by_device on operation (device_id, seq);
drop index operation_by_record;
create index operation_by_record on operation (record_id);

-- A figure that grows stays where it is: no index holds its value, and its page has room for the next one. Else each
-- push of an evening, for each of its figures, adds to both indexes an entry beside those of all the pushes before; of a
-- push that was nine tenths of the time. Dashboards read the rows of a stretch of days, which lie together.
drop index daily_figure_by_day;
create index daily_figure_by_day on daily_figure (network_id, day);
alter table daily_figure set (fillfactor = 60);
alter table presence_minutes set (fillfactor = 60);
