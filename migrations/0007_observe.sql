-- What is seen of the running program: processes, how long answers take, faults, who came in and who was refused. None of it is the
-- shop's work, so it is no part of the chain of events, and it is deleted by age.

-- A process of the program tells every minute that it lives.
create table processes (
  id uuid primary key,
  host text not null,
  pid integer not null,
  version text not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- Set when it was stopped in good order; one that was killed has only fallen silent.
  stopped_at timestamptz
);
create index processes_seen on processes (seen_at);

create table process_samples (
  process_id uuid not null references processes on delete cascade,
  at timestamptz not null,
  -- How late the event loop was in this minute, in milliseconds.
  loop_p50 real not null,
  loop_p99 real not null,
  loop_most real not null,
  memory_bytes bigint not null,
  sockets integer not null,
  pool_total integer not null,
  pool_idle integer not null,
  pool_waiting integer not null,
  jobs_waiting integer not null,
  database_bytes bigint not null,
  -- Of the disk that holds DATA_DIR of this process.
  disk_free_bytes bigint,
  disk_total_bytes bigint,
  primary key (process_id, at)
);
create index process_samples_at on process_samples (at);

-- `GET /board`, or the text of a statement without its values.
create table timing_names (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('route', 'query')),
  name text not null,
  unique (kind, name)
);

-- One row for each process, minute and name, at the time it was written. `bins` are the numbers of the logarithmic bins that are not empty (src/platform/observe/histogram.ts),
-- `counts` how many fell into each: so that rows of any processes and minutes can be added up, and quantiles taken of the sum.
create table timings (
  at timestamptz not null,
  name_id bigint not null references timing_names,
  process_id uuid not null,
  count integer not null,
  sum_ms double precision not null,
  most_ms real not null,
  bins smallint[] not null,
  counts integer[] not null,
  primary key (at, name_id, process_id)
);

create table timings_by_hour (
  at timestamptz not null,
  name_id bigint not null references timing_names,
  count bigint not null,
  sum_ms double precision not null,
  most_ms real not null,
  bins smallint[] not null,
  counts bigint[] not null,
  primary key (at, name_id)
);

-- Faults that are alike, of one shop; without a shop those that happened to nobody's shop in particular.
create table fault_groups (
  id bigint generated always as identity primary key,
  shop_id bigint references shops,
  kind text not null check (kind in ('server', 'browser', 'csp', 'job')),
  fingerprint text not null,
  -- The class of the error and its message.
  title text not null,
  -- The first of the program's own functions in the stack.
  place text not null,
  route text not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  first_version text not null,
  last_version text not null,
  count bigint not null
);
create unique index fault_groups_fingerprint on fault_groups (fingerprint, coalesce(shop_id, 0));
create index fault_groups_last on fault_groups (last_at);

create table faults (
  id bigint generated always as identity primary key,
  group_id bigint not null references fault_groups on delete cascade,
  -- What the person was shown: E-4KX09Q.
  number text not null,
  at timestamptz not null,
  staff_id bigint references staff,
  method text not null,
  version text not null,
  request text not null,
  message text not null,
  stack text not null
);
create index faults_group on faults (group_id, id);
create index faults_number on faults (number);
create index faults_at on faults (at);

-- Who signed in and out, and who was refused. Strangers can make such rows, so they are not events: those stay for ever. Refusals that are
-- alike are counted in one row an hour (`slot`).
create table access_log (
  id bigint generated always as identity primary key,
  kind text not null,
  slot timestamptz not null,
  last_at timestamptz not null,
  count integer not null default 1,
  shop_id bigint references shops,
  staff_id bigint references staff,
  address text not null,
  detail text not null
);
create unique index access_log_slot on access_log (kind, slot, coalesce(shop_id, 0), coalesce(staff_id, 0), address, detail);
create index access_log_shop on access_log (shop_id, id);
create index access_log_staff on access_log (staff_id, id);
create index access_log_last on access_log (last_at);

-- The last walk along each shop's chain of events.
create table chain_checks (
  shop_id bigint primary key references shops,
  at timestamptz not null,
  events bigint not null,
  milliseconds integer not null,
  -- The end of a sentence; null when all is well.
  wrong text
);

-- For how many days what is not an event is kept.
create table retention_settings (
  shop_id bigint primary key references shops,
  access_days integer not null default 180 check (access_days between 30 and 3650),
  fault_days integer not null default 90 check (fault_days between 7 and 3650),
  delivery_days integer not null default 30 check (delivery_days between 7 and 3650)
);
create function start_retention() returns trigger language plpgsql as $$
begin
  insert into retention_settings (shop_id) values (new.id);
  return new;
end $$;
create trigger shops_start_retention after insert on shops for each row execute function start_retention();
insert into retention_settings (shop_id) select id from shops;

-- For the activity log: by person, by kind of thing, by day. Events stand in the table in the order of their time.
create index events_actor on events (shop_id, actor_id, version, seq) where actor_id is not null;
create index events_noun on events (shop_id, split_part(kind, '.', 1), version, seq);
create index events_day on events using brin (at) with (pages_per_range = 16);
