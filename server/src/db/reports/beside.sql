-- What a dashboard shows beside its sums of days. The period, its months, today in the network; the scope as `scope_member` takes
-- it; the period and scope as objectives name them.
--     $1 first day, $2 last day, $3 first days of the months, $4 the last day or today, $5 scope, $6 its id, $7 today,
--     $8 period, $9 scope, $10 whether what statements say is asked for
with span as materialized (
    -- Projects and pathways under way.
    select stage, young_count from project_span as it
    where initiated_on <= $2 and (ended_on is null or ended_on >= $1) and ($5 = 'network' or exists (
        select from scope_member($5, $6) as member
        where member.promeneur_id = it.promeneur_id and initiated_on between from_on and until_on))
), event as materialized (
    select kind, on_day, promeneurs from network_event
    where $5 = 'network' and withdrawn_at is null and on_day between $1 and $2
), professional as materialized (
    -- Those that exist on that day, of promeneurs who are labelled then.
    select it.social_network, count(*) as accounts, count(looked.checked_on) as checked,
           count(*) filter (where looked.first_name and looked.structure and looked.photo) as conforming
    from (
        select promeneur_id, social_network from account_followers where $5 = 'network' and as_of <= $4
        union
        select promeneur_id, social_network from account_check where $5 = 'network' and checked_on <= $4
    ) as it
    join promeneur on promeneur.id = it.promeneur_id and labelled_on <= $4 and (left_on is null or left_on > $4)
    left join lateral (
        select first_name, structure, photo, checked_on from account_check as looked
        where looked.promeneur_id = it.promeneur_id and looked.social_network = it.social_network and looked.checked_on <= $4
        order by checked_on desc limit 1
    ) as looked on true
    group by it.social_network
    order by count(*) desc, it.social_network
), house as materialized (
    select type, commune from structure as it
    where $5 = 'network' and exists (
        select from affiliation join promeneur on promeneur.id = promeneur_id
        where structure_id = it.id and from_on <= $4 and (until_on is null or until_on >= $4)
            and labelled_on <= $4 and (left_on is null or left_on > $4))
), need as materialized (
    select subject, count(distinct it.promeneur_id) filter (where about = 'wish') as wishing,
           count(distinct it.promeneur_id) filter (where about = 'difficulty') as struggling
    from statement as it,
        lateral (values ('wish', wishes), ('difficulty', difficulties)) as said (about, subjects),
        unnest(string_to_array(subjects, ' ')) as subject
    where $10 and month = any($3) and ($5 = 'network' or exists (
        select from scope_member($5, $6) as member
        where member.promeneur_id = it.promeneur_id and from_on < month + interval '1 month' and until_on >= month))
    group by subject
)
select
    (select coalesce(sum(young_count), 0)::bigint from span) as "accompanied!",
    -- Of the network without a question about each account, so that its index answers in order.
    case when $5 = 'network' then (
        select coalesce(sum(followers), 0)::bigint from (
            select distinct on (promeneur_id, social_network) followers from account_followers
            where as_of <= $2
            order by promeneur_id, social_network, as_of desc, record_id desc) as latest
    ) else (
        select coalesce(sum(followers), 0)::bigint from (
            select distinct on (promeneur_id, social_network) followers from account_followers as it
            where as_of <= $2 and exists (
                select from scope_member($5, $6) as member
                where member.promeneur_id = it.promeneur_id and as_of between from_on and until_on)
            order by promeneur_id, social_network, as_of desc, record_id desc) as latest
    ) end as "followers!",
    stage.codes as "stages!", stage.counts as "stage_counts!",
    statement.ids as "statement_ids!", statement.months as "statement_months!",
    held.phones as "phones!", held.pending as "pending!", held.since,
    objective.aims as "aims!", objective.targets as "targets!",
    event.kinds as "event_kinds!", event.days as "event_days!", event.promeneurs as "event_promeneurs!: Vec<Option<i32>>",
    account.networks as "account_networks!", account.counts as "account_counts!", account.checked as "account_checked!",
    account.conforming as "account_conforming!",
    need.subjects as "need_subjects!", need.wishing as "wishing!", need.struggling as "struggling!",
    house.types as "house_types!", house.counts as "house_counts!",
    (select count(distinct commune) from house where commune <> '') as "communes!"
from
    (select coalesce(array_agg(stage), '{}') as codes, coalesce(array_agg(projects), '{}') as counts
     from (select stage, count(*) as projects from span group by stage order by stage) as it) as stage,
    (select coalesce(array_agg(promeneur_id), '{}') as ids, coalesce(array_agg(month), '{}') as months
     from statement where month = any($3)) as statement,
    -- A phone counts for the scope that its person belonged to on some day since the oldest entry it holds.
    (select count(*) as phones, coalesce(sum(pending_count), 0)::bigint as pending, min(oldest_pending_on) as since
     from device join account on account.network_id = device.network_id and account.id = device.account_id
     where pending_count > 0 and revoked_at is null and exists (
         select from scope_member($5, $6) as member
         where member.promeneur_id = account.promeneur_id and from_on <= $7
             and until_on >= least(oldest_pending_on, $7))) as held,
    (select coalesce(array_agg(aim), '{}') as aims, coalesce(array_agg(value), '{}') as targets
     from (select aim, value from objective where period = $8 and scope = $9 order by aim) as it) as objective,
    (select coalesce(array_agg(kind), '{}') as kinds, coalesce(array_agg(on_day), '{}') as days,
            coalesce(array_agg(promeneurs), '{}') as promeneurs
     from event) as event,
    (select coalesce(array_agg(social_network), '{}') as networks, coalesce(array_agg(accounts), '{}') as counts,
            coalesce(array_agg(checked), '{}') as checked, coalesce(array_agg(conforming), '{}') as conforming
     from professional) as account,
    (select coalesce(array_agg(subject), '{}') as subjects, coalesce(array_agg(wishing), '{}') as wishing,
            coalesce(array_agg(struggling), '{}') as struggling
     from (
         select * from need order by subject = 'other', greatest(wishing, struggling) desc, wishing + struggling desc, subject
     ) as it) as need,
    (select coalesce(array_agg(type), '{}') as types, coalesce(array_agg(structures), '{}') as counts
     from (select type, count(*) as structures from house group by type order by count(*) desc, type) as it) as house
