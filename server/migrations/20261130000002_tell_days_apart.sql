-- The days of one person are found by their key, and must not be by an index of everybody's: for want of knowing how large a
-- network is, the planner looked through the days of all for those of one, and a territory's page took a second. Beside the key
-- only the last day of a network is asked for, as `max(day + 0)`.
drop index figure_day_by_day;
create index figure_day_last on figure_day (network_id, (day + 0));
