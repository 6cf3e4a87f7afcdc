-- The figures of a period, from their definitions and the ledger alone (domain.md C): of a network, of structures ($4) or of a
-- promeneur ($5). What somebody does belongs to the structure where they are on the day of it. Statements are expected of months
-- that end before $6.
with last_applied as (
    select distinct on (record_id) record_id, promeneur_id, kind as act, body
    from operation
    where network_id = $1 and status = 'applied'
    order by record_id, result_version desc
), dated as (
    select record_id, promeneur_id, body, body ->> 'kind' as kind,
           coalesce(body ->> 'occurred_on', body ->> 'started_at', body ->> 'initiated_on', body ->> 'as_of')::timestamp::date
               as on_day
    from last_applied where act = 'upsert'
), placed as (
    select record_id, promeneur_id, body, kind,
           ($5::uuid is null or promeneur_id = $5)
           and ($4::uuid[] is null or exists (
               select from affiliation
               where affiliation.promeneur_id = dated.promeneur_id and structure_id = any ($4)
                 and on_day >= from_on and (until_on is null or on_day <= until_on)
           )) as is_here
    from dated
), kept as (
    select record_id, promeneur_id, body, kind from placed where is_here
), intervention as (
    select body,
           body ->> 'audience' = 'young' and body ->> 'channel' <> 'publication' as is_exchange,
           exists (select from json_array_elements_text(body -> 'outcomes') as outcome where outcome = 'met_in_person')
               as met_in_person,
           exists (select from json_array_elements_text(body -> 'outcomes') as outcome where outcome = 'referred_external')
               as is_external,
           exists (select from json_array_elements_text(body -> 'outcomes') as outcome where outcome like 'referred_%')
               as is_referred
    from kept where kind = 'intervention' and (body ->> 'occurred_on')::date between $2 and $3
), meeting as (
    select body from kept where kind = 'meeting' and (body ->> 'occurred_on')::date between $2 and $3
), theme_group (name, themes) as (values
    ('local_life', array['structure_life', 'local_events', 'leisure']),
    ('social_link', array['informal', 'daily_life']),
    ('projects', array['project']),
    ('pathway', array['employment_training', 'schooling', 'housing', 'mobility', 'rights']),
    ('health', array['health', 'ill_being', 'addiction', 'sexuality']),
    ('relations', array['family', 'violence', 'discrimination', 'undue_influence']),
    ('digital_life', array['digital_use', 'digital_law', 'media_literacy', 'prevention']),
    ('other', array['other'])
), followers as (
    -- An account counts once, where its last number was noted: not again where its person was before.
    select distinct on (promeneur_id, body ->> 'network') (body ->> 'followers')::bigint as followers, is_here
    from placed where kind = 'account_snapshot' and (body ->> 'as_of')::date <= $3
    order by promeneur_id, body ->> 'network', (body ->> 'as_of')::date desc, record_id desc
), counted_day as (
    -- On which somebody counts for the scope: labelled, not left, not on leave; of each month that the period touches.
    select promeneur.id as promeneur_id, day::date as day, date_trunc('month', day)::date as month
    from promeneur,
         generate_series(
             date_trunc('month', $2::timestamp), date_trunc('month', $3::timestamp) + interval '1 month - 1 day',
             interval '1 day') as day
    where network_id = $1 and ($5::uuid is null or promeneur.id = $5)
      and labelled_on <= day and (left_on is null or day < left_on)
      and not exists (
          select from promeneur_leave as leave
          where leave.network_id = $1 and leave.promeneur_id = promeneur.id and day between from_on and until_on
      )
      and ($4::uuid[] is null or exists (
          select from affiliation
          where affiliation.promeneur_id = promeneur.id and structure_id = any ($4)
            and day >= from_on and (until_on is null or day <= until_on)
      ))
), expected as (
    select distinct promeneur_id, month from counted_day where month + interval '1 month' <= $6
), minute as (
    select minute,
           case when extract(hour from minute) between 6 and 11 then 'morning'
                when extract(hour from minute) between 12 and 13 then 'midday'
                when extract(hour from minute) between 14 and 16 then 'afternoon'
                when extract(hour from minute) between 17 and 19 then 'after_school'
                when extract(hour from minute) between 20 and 22 then 'evening'
                else 'night' end as slot
    from kept,
         generate_series(
             date_trunc('minute', (body ->> 'started_at')::timestamp),
             date_trunc('minute', (body ->> 'ended_at')::timestamp) - interval '1 minute',
             interval '1 minute') as minute
    where kind = 'presence' and (body ->> 'started_at')::timestamp::date between $2 and $3
)
select 'stage' as figure, coalesce(body ->> 'stage', 'emergence') as key, count(*) as value
from kept
where kind = 'project' and (body ->> 'initiated_on')::date <= $3
  and (body ->> 'ended_on' is null or (body ->> 'ended_on')::date >= $2)
group by 2
union all
select 'I1b' as figure, '' as key, sum((body ->> 'first_this_year_count')::bigint)::bigint as value
from intervention where is_exchange
union all
select 'I1c', '', sum((body ->> 'young_count')::bigint)::bigint from intervention where is_exchange
union all
select 'I3', '', (
    coalesce((select sum((body ->> 'met_after_online_count')::bigint) from intervention where met_in_person), 0)
    + coalesce((select sum((body ->> 'met_after_online_count')::bigint) from meeting), 0))::bigint
union all
select 'I4', '', count(*) from kept
where kind = 'project' and body ->> 'project_kind' = 'project' and body ->> 'origin' = 'online_contact'
  and (body ->> 'initiated_on')::date between $2 and $3
union all
select 'type', body ->> 'type', count(*) from intervention group by 2
union all
select 'network', body ->> 'network', count(*) from intervention
where body ->> 'network' is not null and body ->> 'channel' <> 'in_person' group by 2
union all
select 'heat',
       extract(isodow from minute)::text || ':' || slot,
       count(*)
from minute group by 2
union all
select 'available', '', count(*) from minute
where slot in ('midday', 'after_school', 'evening')
   or extract(isodow from minute) in (6, 7)
   or (extract(isodow from minute) = 3 and slot = 'afternoon')
   or exists (select from holiday where network_id = $1 and minute::date between from_on and until_on)
union all
select 'person_days', '', count(*) from counted_day where day between $2 and $3
union all
select 'expected', '', count(*) from expected
union all
select 'received', '', count(*) from expected
where exists (
    select from dated
    where kind = 'statement' and dated.promeneur_id = expected.promeneur_id and (body ->> 'month')::date = month
)
union all
select 'I1a', '', sum(followers)::bigint from followers where is_here
union all
select 'I1d', '', sum((body ->> 'young_count')::bigint)::bigint from kept
where kind = 'project' and (body ->> 'initiated_on')::date <= $3
  and (body ->> 'ended_on' is null or (body ->> 'ended_on')::date >= $2)
union all
select 'projects_initiated', body ->> 'theme', count(*) from kept
where kind = 'project' and body ->> 'project_kind' = 'project' and body ->> 'origin' = 'online_contact'
  and (body ->> 'initiated_on')::date between $2 and $3 group by 2
union all
select 'project_young', body ->> 'theme', sum((body ->> 'young_count')::bigint)::bigint from kept
where kind = 'project' and body ->> 'project_kind' = 'project' and body ->> 'origin' = 'online_contact'
  and (body ->> 'initiated_on')::date between $2 and $3 group by 2
union all
select 'channels', body ->> 'channel', count(*) from intervention group by 2
union all
select 'settings', body ->> 'setting', count(*) from intervention group by 2
union all
select 'initiators', body ->> 'initiator', count(*) from intervention group by 2
union all
select 'audiences', body ->> 'audience', count(*) from intervention group by 2
union all
select 'themes', theme, count(*) from intervention, json_array_elements_text(body -> 'themes') as theme group by 2
union all
select 'theme_groups', name, count(*) from intervention, theme_group
where exists (select from json_array_elements_text(body -> 'themes') as theme where theme = any (themes)) group by 2
union all
select 'outcomes', outcome, count(*) from intervention, json_array_elements_text(body -> 'outcomes') as outcome group by 2
union all
select 'referrals', '', count(*) from intervention where is_referred
union all
select 'referral_themes', theme, count(*)
from intervention, json_array_elements_text(body -> 'themes') as theme where is_referred group by 2
union all
select 'referral_kinds', referred, count(*)
from intervention, json_array_elements_text(body -> 'referral_kinds') as referred where is_external group by 2
union all
select 'outside_minutes', '', sum((body ->> 'duration_min')::bigint)::bigint from intervention
where body ->> 'presence' is null
union all
select 'with_young', '', count(*) from intervention where is_exchange
union all
select 'with_ages', '', count(*) from intervention where is_exchange and body ->> 'age_bands' is not null
union all
select 'ages', band, sum(people::bigint)::bigint
from intervention, json_each_text(body -> 'age_bands') as age (band, people) where is_exchange group by 2
union all
select 'ages', 'unknown', sum((body ->> 'young_count')::bigint - coalesce(
    (select sum(people::bigint) from json_each_text(body -> 'age_bands') as age (band, people)), 0))::bigint
from intervention where is_exchange and body ->> 'age_bands' is not null
union all
select 'with_genders', '', count(*) from intervention where is_exchange and body ->> 'gender' is not null
union all
select 'genders', asked, sum((body -> 'gender' ->> asked)::bigint)::bigint
from intervention, unnest(array['girl_woman', 'boy_man']) as asked
where is_exchange and body ->> 'gender' is not null group by 2
union all
select 'genders', 'other_unspecified', sum((body ->> 'young_count')::bigint
    - coalesce((body -> 'gender' ->> 'girl_woman')::bigint, 0) - coalesce((body -> 'gender' ->> 'boy_man')::bigint, 0))::bigint
from intervention where is_exchange and body ->> 'gender' is not null
union all
select 'reach', '', sum((body ->> 'reach_count')::bigint)::bigint from intervention
where body ->> 'channel' = 'publication'
union all
select 'presences', '', count(*) from kept
where kind = 'presence' and (body ->> 'started_at')::timestamp::date between $2 and $3
union all
select 'meetings', '', count(*) from meeting
