-- The days of a whole network have an index that the days of one person cannot use: for want of knowing how large a network is,
-- the planner looked through those of everybody for those of one, and a territory's page took a second. Whoever asks for the days of
-- the network says `day + 0`; those of a person stand by their key.
drop index figure_day_by_day;
create index figure_day_of_network on figure_day (network_id, (day + 0));
