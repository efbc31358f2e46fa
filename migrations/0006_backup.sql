-- What became of each backup that was begun: for the Health page. Of the machine, not of a shop; it is in no backup itself.
create table backups (
  id bigint generated always as identity primary key,
  started_at timestamptz not null default now(),
  -- By itself, and not by a person at the terminal.
  is_nightly boolean not null,
  -- When the archive had its name and was read back; null: it was not, or not yet.
  made_at timestamptz,
  path text,
  bytes bigint,
  files int,
  copied_at timestamptz,
  copy_fault text,
  -- When it had been restored into a database of its own and everything was there, and how long that took.
  proven_at timestamptz,
  proof_seconds int,
  fault text
);
create index backups_proven on backups (proven_at) where proven_at is not null;
