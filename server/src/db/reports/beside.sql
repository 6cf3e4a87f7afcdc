-- What a dashboard shows beside its sums of days. Of the network what it needs of everybody; of any other scope what its members
-- did while they belonged to it: their stretches do not overlap. Few joins: the network's people are known already, and a plan
-- that is made once cannot know how many they are. What a network's statements come to is read apart (handed.rs).
--     $1 first day, $2 last day, $3 first days of the months, $4 the last day or today, $5 whether it is the network,
--     $6 members, $7 from when, $8 until when, $9 period and $10 scope as objectives name them,
--     $11 whether what statements say is asked for
with span as materialized (
    -- Projects and pathways under way.
    select stage, young_count from project_span
    where $5 and initiated_on <= $2 and (ended_on is null or ended_on >= $1)
    union all
    select stage, young_count
    from unnest($6::uuid[], $7::date[], $8::date[]) as member (id, from_on, until_on),
        lateral (
            select * from project_span where promeneur_id = member.id and initiated_on between from_on and until_on offset 0
        ) as it
    where not $5 and initiated_on <= $2 and (ended_on is null or ended_on >= $1)
), latest as materialized (
    -- The last number of each account of the members, where it was noted while they belonged to the scope: an account does not
    -- count again where its person was before. A network's are read apart (accounts.rs).
    select followers
    from (
        select distinct on (promeneur_id, social_network) promeneur_id, as_of, followers
        from (select distinct id from unnest($6::uuid[]) as id) as member,
            lateral (select * from account_followers where promeneur_id = member.id and as_of <= $2 offset 0) as it
        where not $5
        order by promeneur_id, social_network, as_of desc, record_id desc
    ) as last
    where exists (
        select from unnest($6::uuid[], $7::date[], $8::date[]) as member (id, from_on, until_on)
        where member.id = promeneur_id and as_of between from_on and until_on
    )
)
select
    (select coalesce(sum(young_count), 0)::bigint from span) as "accompanied!",
    (select coalesce(sum(followers), 0)::bigint from latest) as "followers!",
    stage.codes as "stages!", stage.counts as "stage_counts!",
    statement.ids as "statement_ids!", statement.months as "statement_months!",
    need.ids as "need_ids!", need.months as "need_months!", need.wishes as "wishes!", need.difficulties as "difficulties!",
    held.ids as "held_ids!: Vec<Option<Uuid>>", held.counts as "held_counts!", held.firsts as "held_firsts!: Vec<Option<NaiveDate>>",
    objective.aims as "aims!", objective.targets as "targets!",
    event.kinds as "event_kinds!", event.days as "event_days!", event.promeneurs as "event_promeneurs!: Vec<Option<i32>>",
    checked.ids as "checked_ids!", checked.networks as "checked_networks!", checked.conforming as "conforming!",
    open.ids as "open_ids!", open.days as "open_days!",
    (select text_months from network) as "text_months!"
from
    (select coalesce(array_agg(stage), '{}') as codes, coalesce(array_agg(projects), '{}') as counts
     from (select stage, count(*) as projects from span group by stage order by stage) as it) as stage,
    (select coalesce(array_agg(promeneur_id), '{}') as ids, coalesce(array_agg(month), '{}') as months
     from statement where not $5 and promeneur_id = any($6) and month = any($3)) as statement,
    (select coalesce(array_agg(promeneur_id), '{}') as ids, coalesce(array_agg(month), '{}') as months,
            coalesce(array_agg(wishes), '{}') as wishes, coalesce(array_agg(difficulties), '{}') as difficulties
     from statement
     where not $5 and $11 and promeneur_id = any($6) and month between $1 and $2 and (wishes <> '' or difficulties <> '')) as need,
    (select coalesce(array_agg(account.promeneur_id), '{}') as ids, coalesce(array_agg(pending_count), '{}') as counts,
            coalesce(array_agg(oldest_pending_on), '{}') as firsts
     from device join account on account.network_id = device.network_id and account.id = device.account_id
     where pending_count > 0 and (revoked_at is null or revoked_at > now() - interval '1 year')) as held,
    (select coalesce(array_agg(promeneur_id), '{}') as ids, coalesce(array_agg(received_on), '{}') as days
     from quarantine_open) as open,
    (select coalesce(array_agg(aim), '{}') as aims, coalesce(array_agg(value), '{}') as targets
     from (select aim, value from objective where period = $9 and scope = $10 order by aim) as it) as objective,
    (select coalesce(array_agg(kind), '{}') as kinds, coalesce(array_agg(on_day), '{}') as days,
            coalesce(array_agg(promeneurs), '{}') as promeneurs
     from network_event where $5 and withdrawn_at is null and on_day between $1 and $2) as event,
    (select coalesce(array_agg(promeneur_id), '{}') as ids, coalesce(array_agg(social_network), '{}') as networks,
            coalesce(array_agg(conforms), '{}') as conforming
     from (
         select distinct on (promeneur_id, social_network)
                promeneur_id, social_network, first_name and structure and photo as conforms
         from account_check where $5 and checked_on <= $4
         order by promeneur_id, social_network, checked_on desc
     ) as it) as checked
