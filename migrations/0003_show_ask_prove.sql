-- Photos and video, inspections, the customer's link, consent as record, holds.

-- Files --------------------------------------------------------------------------------------------------------------

-- What a shop has in the file store (platform/files), by content. A row is written after its bytes are stored for good, and
-- its bytes are removed only after its row: what is here is there.
create table files (
  shop_id bigint not null references shops,
  sha256 bytea not null check (length(sha256) = 32),
  bytes bigint not null check (bytes > 0),
  -- Judged by content, never by name: 'image/jpeg', 'video/mp4'.
  type text not null,
  stored_at timestamptz not null default now(),
  primary key (shop_id, sha256)
);
create index files_sha256 on files (sha256);
create index files_stored on files (stored_at);

-- What kind of vehicle it is, for the inspection that fits it; '' when nobody has said.
alter table vehicles
  add column type text not null default '' check (type in ('', 'car', 'truck', 'motorcycle', 'bicycle', 'trailer', 'machine'));

-- Inspections --------------------------------------------------------------------------------------------------------

create table inspection_templates (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  -- The type of vehicle that it is offered first for; '' for any.
  vehicle_type text not null default '' check (vehicle_type in ('', 'car', 'truck', 'motorcycle', 'bicycle', 'trailer', 'machine')),
  -- Its newest version.
  version integer not null default 1,
  archived_at timestamptz,
  primary key (shop_id, id)
);

-- What a template said at each time: an inspection points to the version it was made with. See features/inspections/rules.ts.
create table inspection_template_versions (
  shop_id bigint not null references shops,
  template_id bigint not null,
  version integer not null,
  at timestamptz not null,
  made_by bigint,
  -- {"sections": [{"name", "items": [{"key", "name", "safety", "measure", "needs", …}]}]}
  content jsonb not null,
  primary key (shop_id, template_id, version),
  foreign key (shop_id, template_id) references inspection_templates (shop_id, id)
);
-- What somebody was inspected by stays what it was.
create trigger inspection_template_versions_are_final before update or delete on inspection_template_versions
  for each row execute function refuse_rewriting();

create table inspections (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  work_order_id bigint not null,
  template_id bigint not null,
  version integer not null,
  started_by bigint not null,
  started_at timestamptz not null,
  finished_by bigint,
  finished_at timestamptz,
  -- From then on the customer sees its released findings.
  released_by bigint,
  released_at timestamptz,
  primary key (shop_id, id),
  unique (shop_id, work_order_id, template_id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, template_id, version) references inspection_template_versions (shop_id, template_id, version),
  foreign key (shop_id, started_by) references memberships (shop_id, staff_id),
  foreign key (shop_id, finished_by) references memberships (shop_id, staff_id),
  foreign key (shop_id, released_by) references memberships (shop_id, staff_id),
  check ((finished_at is null) = (finished_by is null)),
  check ((released_at is null) = (released_by is null))
);

-- One item of an inspection: what was found. A red or yellow one is a finding.
create table findings (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  work_order_id bigint not null,
  inspection_id bigint not null,
  -- The item of its template; the same in all versions, so that visits can be compared.
  item text not null check (item <> ''),
  -- Null until somebody has said so: a photo or a measurement may come first.
  color text check (color in ('green', 'yellow', 'red', 'na')),
  reason text check (reason in ('required', 'suggested')),
  note text not null default '',
  -- [{"position": "LF", "value": 350}], hundredths of the item's unit.
  measures jsonb not null default '[]',
  -- A red one of these is unsafe: declined, it holds the vehicle.
  safety boolean not null default false,
  -- The finding of an earlier visit that was looked at again and confirmed.
  carried_from_id bigint,
  -- The customer may see it, once its inspection is released.
  released boolean not null default true,
  -- The job that was proposed because of it.
  job_id bigint,
  by bigint not null,
  at timestamptz not null,
  primary key (shop_id, id),
  unique (shop_id, inspection_id, item),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, inspection_id) references inspections (shop_id, id),
  foreign key (shop_id, carried_from_id) references findings (shop_id, id),
  foreign key (shop_id, job_id) references jobs (shop_id, id) on delete set null (job_id),
  foreign key (shop_id, by) references memberships (shop_id, staff_id)
);
create index findings_order on findings (shop_id, work_order_id);
create index findings_job on findings (shop_id, job_id) where job_id is not null;

-- Somebody who did not do the work looks at it before the vehicle is ready.
create table quality_checks (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  work_order_id bigint not null,
  by bigint not null,
  at timestamptz not null,
  passed boolean not null,
  note text not null default '',
  primary key (shop_id, id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, by) references memberships (shop_id, staff_id)
);
create index quality_checks_order on quality_checks (shop_id, work_order_id, id);

-- Photos and video -----------------------------------------------------------------------------------------------------

create table media (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  work_order_id bigint not null,
  -- What it shows, if not just the order as a whole; a picture of a finding follows it into its job.
  job_id bigint,
  finding_id bigint,
  kind text not null check (kind in ('photo', 'video')),
  -- Taken when the vehicle came in, before any work.
  is_arrival boolean not null default false,
  position integer not null,
  -- As the phone called it: shown, never used as a path.
  name text not null default '',
  caption text not null default '',
  -- The customer may see it.
  to_customer boolean not null default false,
  -- Of the original, as sent. What files there are of it is in media_files; this stays when they are gone.
  sha256 bytea not null,
  width integer not null default 0,
  height integer not null default 0,
  -- Of a video, hundredths of a second; 0 when nobody could tell.
  duration integer not null default 0,
  -- When the camera says it was taken, in the shop's time zone.
  taken_at timestamptz,
  -- Perceptual hash (64 bits, DCT); null for a video.
  perceptual_hash bigint,
  -- A picture of another visit that looks the same.
  looks_like_id bigint,
  -- A copy of this one with arrows and circles drawn on it.
  drawn_on_id bigint,
  -- Video: 'waiting' to be made playable in the background, 'failed' when that could not be done.
  state text not null default 'ready' check (state in ('ready', 'waiting', 'failed')),
  added_by bigint not null,
  added_at timestamptz not null,
  -- Gone from every page, and two days later its files; but what a customer saw when they answered is kept as evidence.
  removed_at timestamptz,
  primary key (shop_id, id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, job_id) references jobs (shop_id, id) on delete set null (job_id),
  foreign key (shop_id, finding_id) references findings (shop_id, id),
  foreign key (shop_id, looks_like_id) references media (shop_id, id),
  foreign key (shop_id, drawn_on_id) references media (shop_id, id),
  foreign key (shop_id, added_by) references memberships (shop_id, staff_id)
);
create index media_order on media (shop_id, work_order_id, position);
create index media_finding on media (shop_id, finding_id) where finding_id is not null;
create index media_job on media (shop_id, job_id) where job_id is not null;
-- All that the search for a look-alike reads, so that it goes through a hundred thousand pictures in the index alone.
create index media_hash on media (shop_id, perceptual_hash) include (work_order_id, id) where perceptual_hash is not null and removed_at is null;
-- The same file is on a work order once, whoever sends it again.
create unique index media_once on media (shop_id, work_order_id, sha256) where removed_at is null;

-- The files of a picture or video, by what they are for. Only the original is as it was sent; it never goes to a customer.
create table media_files (
  shop_id bigint not null references shops,
  media_id bigint not null,
  use text not null check (use in ('original', 'thumbnail', 'screen', 'customer', 'poster', 'playable')),
  sha256 bytea not null,
  primary key (shop_id, media_id, use),
  foreign key (shop_id, media_id) references media (shop_id, id),
  foreign key (shop_id, sha256) references files (shop_id, sha256)
);
create index media_files_file on media_files (shop_id, sha256);

-- The customer's link ------------------------------------------------------------------------------------------------

create table customer_links (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  work_order_id bigint not null,
  -- Of the token: sha256. The token itself can be made again from it only with the server's secret.
  token_hash bytea not null,
  -- Names the page in its address; no secret.
  handle text not null,
  created_by bigint not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  first_opened_at timestamptz,
  last_opened_at timestamptz,
  primary key (shop_id, id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, created_by) references memberships (shop_id, staff_id)
);
create index customer_links_token on customer_links (token_hash);
create index customer_links_handle on customer_links (handle);
create index customer_links_order on customer_links (shop_id, work_order_id, id);

-- What a customer asks by the link, and what the shop answers.
create table questions (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  work_order_id bigint not null,
  job_id bigint,
  link_id bigint not null,
  text text not null check (text <> ''),
  asked_at timestamptz not null,
  answer text not null default '',
  answered_by bigint,
  answered_at timestamptz,
  primary key (shop_id, id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, job_id) references jobs (shop_id, id) on delete set null (job_id),
  foreign key (shop_id, link_id) references customer_links (shop_id, id),
  foreign key (shop_id, answered_by) references memberships (shop_id, staff_id),
  check ((answered_at is null) = (answered_by is null))
);
create index questions_order on questions (shop_id, work_order_id);

-- Where the customer stands, for the card on the board: the link was sent, opened, a question asked, the estimate answered.
alter table work_orders
  add column customer_state text check (customer_state in ('sent', 'opened', 'asked', 'answered')),
  add column customer_state_at timestamptz;

-- Consent by the link: nobody of the shop has taken it down, the customer gave it.
alter table authorizations
  alter column taken_by drop not null,
  add column link_id bigint,
  -- {"kind": "typed", "name": "…"} or {"kind": "drawn", "name": "…", "strokes": [[x, y, x, y, …], …]}
  add column signature jsonb,
  -- Beside the frozen revision: findings, pictures with their hashes, the wording that was agreed to, the sums before and after.
  add column shown jsonb not null default '{}',
  -- From where, as the server saw it.
  add column from_address text not null default '',
  add column user_agent text not null default '',
  drop constraint authorizations_method_check,
  add check (method in ('in-person', 'phone', 'email', 'text', 'link')),
  add check ((method = 'link') = (link_id is not null)),
  add check (taken_by is not null or method = 'link'),
  add foreign key (shop_id, link_id) references customer_links (shop_id, id);

-- The files that a customer saw when they answered stay, whatever becomes of the pictures.
create table authorization_files (
  shop_id bigint not null references shops,
  authorization_id bigint not null,
  sha256 bytea not null,
  primary key (shop_id, authorization_id, sha256),
  foreign key (shop_id, authorization_id) references authorizations (shop_id, id),
  foreign key (shop_id, sha256) references files (shop_id, sha256)
);
create index authorization_files_file on authorization_files (shop_id, sha256);
create trigger authorization_files_are_final before update or delete on authorization_files for each row execute function refuse_rewriting();
-- Not even all at once.
create trigger authorizations_stay before truncate on authorizations for each statement execute function refuse_rewriting();
create trigger estimate_revisions_stay before truncate on estimate_revisions for each statement execute function refuse_rewriting();
create trigger authorization_files_stay before truncate on authorization_files for each statement execute function refuse_rewriting();

-- Safety -------------------------------------------------------------------------------------------------------------

-- A red safety finding that was declined holds the vehicle: it leaves only when the customer has acknowledged it and a second
-- person has released it, or when the customer has approved the work after all. Nothing is ever charged for it.
create table holds (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  work_order_id bigint not null,
  finding_id bigint not null,
  made_at timestamptz not null,
  -- The customer's acknowledgement: in their words or the shop's, by the link or taken down by somebody.
  acknowledged_at timestamptz,
  acknowledged_by text not null default '',
  acknowledged_how text check (acknowledged_how in ('in-person', 'phone', 'email', 'text', 'link')),
  acknowledgement_taken_by bigint,
  acknowledgement_note text not null default '',
  signature jsonb,
  -- Somebody else than who took the acknowledgement and who found the fault.
  released_by bigint,
  release_note text not null default '',
  -- Ended by a release, or because the work was approved after all.
  ended_at timestamptz,
  ended_why text check (ended_why in ('released', 'approved', 'withdrawn')),
  primary key (shop_id, id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, finding_id) references findings (shop_id, id),
  foreign key (shop_id, acknowledgement_taken_by) references memberships (shop_id, staff_id),
  foreign key (shop_id, released_by) references memberships (shop_id, staff_id),
  check ((ended_at is null) = (ended_why is null)),
  check (ended_why is distinct from 'released' or (acknowledged_at is not null and released_by is not null)),
  check (released_by is null or released_by is distinct from acknowledgement_taken_by)
);
create unique index holds_open on holds (shop_id, finding_id) where ended_at is null;
create index holds_order on holds (shop_id, work_order_id);

create function keep_held() returns trigger language plpgsql as $$
begin
  if exists (select from holds where shop_id = new.shop_id and work_order_id = new.id and ended_at is null) then
    raise exception 'work order % is held', new.number using errcode = 'check_violation', constraint = 'held';
  end if;
  return new;
end $$;
create trigger work_orders_held before update of handed_over_at on work_orders
  for each row when (old.handed_over_at is null and new.handed_over_at is not null) execute function keep_held();

-- Settings -----------------------------------------------------------------------------------------------------------

-- What a shop wants of a visit.
create table visit_settings (
  shop_id bigint primary key references shops,
  -- How long a customer's link works.
  link_days integer not null default 30 check (link_days between 1 and 365),
  -- How long an estimate can be answered after it was sent.
  estimate_days integer not null default 30 check (estimate_days between 1 and 365),
  -- Where a card goes by itself when its customer has approved something; null: nowhere.
  approved_column_id bigint,
  -- What the customer agrees to when they sign; '' for the estimate's own text.
  consent_text text not null default '',
  -- What the page says first.
  greeting text not null default '',
  needs_arrival_photos boolean not null default false,
  needs_quality_check boolean not null default false,
  foreign key (shop_id, approved_column_id) references columns (shop_id, id)
);
create function start_visits() returns trigger language plpgsql as $$
begin
  insert into visit_settings (shop_id) values (new.id);
  return new;
end $$;
create trigger shops_start_visits after insert on shops for each row execute function start_visits();
insert into visit_settings (shop_id) select id from shops;
