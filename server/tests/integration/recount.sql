-- The figures of a network and a period, from their definitions and the ledger alone (domain.md C).
with last_applied as (
    select distinct on (record_id) record_id, kind as act, body
    from operation
    where network_id = $1 and status = 'applied'
    order by record_id, result_version desc
), kept as (
    select record_id, body, body ->> 'kind' as kind from last_applied where act = 'upsert'
), intervention as (
    select body,
           body ->> 'audience' = 'young' and body ->> 'channel' <> 'publication' as is_exchange,
           exists (select from json_array_elements_text(body -> 'outcomes') as outcome where outcome = 'met_in_person')
               as met_in_person
    from kept where kind = 'intervention' and (body ->> 'occurred_on')::date between $2 and $3
), meeting as (
    select body from kept where kind = 'meeting' and (body ->> 'occurred_on')::date between $2 and $3
), minute as (
    select minute
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
       extract(isodow from minute)::text || ':' || case
           when extract(hour from minute) between 6 and 11 then 'morning'
           when extract(hour from minute) between 12 and 13 then 'midday'
           when extract(hour from minute) between 14 and 16 then 'afternoon'
           when extract(hour from minute) between 17 and 19 then 'after_school'
           when extract(hour from minute) between 20 and 22 then 'evening'
           else 'night' end,
       count(*)
from minute group by 2
