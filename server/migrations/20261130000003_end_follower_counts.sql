-- Until when the number of followers of an account stood: the day of the next one. What a network's accounts came to on a day is
-- then one number of each, and not the last one to be found among all that were ever noted.
--
-- Built anew from the records at the next start (app::domain::measure::RULES).
alter table account_followers add column replaced_on date not null default 'infinity';
create index account_followers_by_end
    on account_followers (network_id, replaced_on, as_of) include (promeneur_id, social_network, followers);
