-- Programs of others that are told what happens in the shop, and what each of them was told.

create table webhooks (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  url text not null check (url <> ''),
  -- The kinds of events it is told of; {*} for all, also those that later versions bring.
  kinds text[] not null check (cardinality(kinds) > 0),
  -- Told all that an event says, prices and customers included; otherwise only what happened, when, by whom and to what.
  full_data boolean not null default false,
  -- Signs what is sent; encrypted with a key of the server's secret (platform/secrets.ts).
  secret bytea not null,
  -- The secret before it signs too until then, so that the receiver can be changed without a gap.
  previous_secret bytea,
  previous_until timestamptz,
  -- The last version of the shop whose events were made into deliveries.
  last_version bigint not null,
  -- Since when nothing has arrived, though it was tried.
  failing_since timestamptz,
  off_since timestamptz,
  off_why text check (off_why in ('by-hand', 'gone', 'failing')),
  created_at timestamptz not null default now(),
  primary key (shop_id, id),
  check ((off_since is null) = (off_why is null)),
  check ((previous_secret is null) = (previous_until is null))
);

-- One event (or a test) on its way to one webhook. Bookkeeping: rows that are done go after thirty days.
create table webhook_deliveries (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  webhook_id bigint not null,
  -- The header webhook-id: the same however often it is sent.
  message_id text not null,
  -- The event; null for a test.
  version bigint,
  seq integer,
  kind text not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts integer not null default 0,
  made_at timestamptz not null default now(),
  -- When it is sent next.
  next_at timestamptz default now(),
  -- How the last attempt went. A status of null: nothing answered, and last_answer says why.
  last_at timestamptz,
  last_status integer,
  last_answer text not null default '',
  last_milliseconds integer,
  primary key (shop_id, id),
  unique (shop_id, webhook_id, version, seq),
  foreign key (shop_id, webhook_id) references webhooks (shop_id, id) on delete cascade,
  check ((state = 'waiting') = (next_at is not null)),
  check ((version is null) = (seq is null))
);
create index webhook_deliveries_log on webhook_deliveries (shop_id, webhook_id, id);
create index webhook_deliveries_due on webhook_deliveries (shop_id, webhook_id, next_at) where next_at is not null;
create index webhook_deliveries_made on webhook_deliveries (made_at);
