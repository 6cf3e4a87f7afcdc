-- Lives of the database (offline.md I14): after a restore the phones give back what it lacks.
--
-- born: the highest version of the lives before this one. A new life starts far above it, so that no version is given
-- twice (lanterne admin new-epoch).
alter table network_counter add column born bigint not null default 0;

-- What a record holds of earlier lives: app::sync::lineage::Lineage.
alter table record
    add column stem bigint not null default 0,
    add column born bigint not null default 0,
    add column refilled boolean not null default false;
