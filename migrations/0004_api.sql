-- The API: who came in by it, with what, and which of their requests were answered already.

-- One sign-in of a program for a person: the family of its refresh tokens.
create table api_sign_ins (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  staff_id bigint not null,
  -- What it called itself (User-Agent): shown to the person, never trusted.
  agent text not null default '',
  created_at timestamptz not null default now(),
  renewed_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_why text check (ended_why in ('signed-out', 'reused', 'password', 'disabled', 'ended')),
  primary key (shop_id, id),
  foreign key (shop_id, staff_id) references memberships (shop_id, staff_id),
  check ((ended_at is null) = (ended_why is null))
);
create index api_sign_ins_staff on api_sign_ins (staff_id) where ended_at is null;

-- Only their SHA-256 is kept. One that was used stays, so that its second use is seen.
create table api_refresh_tokens (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  sign_in_id bigint not null,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  primary key (shop_id, id),
  unique (shop_id, token_hash),
  foreign key (shop_id, sign_in_id) references api_sign_ins (shop_id, id) on delete cascade
);
create index api_refresh_tokens_token on api_refresh_tokens (token_hash);
create index api_refresh_tokens_sign_in on api_refresh_tokens (shop_id, sign_in_id);

-- A named token of an integration; it acts as the person who made it.
create table api_tokens (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  staff_id bigint not null,
  name text not null check (name <> ''),
  scopes text[] not null check (scopes <@ '{read,write,manage}' and cardinality(scopes) > 0),
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  -- Written at most once a minute.
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (shop_id, id),
  unique (shop_id, token_hash),
  foreign key (shop_id, staff_id) references memberships (shop_id, staff_id)
);
create index api_tokens_token on api_tokens (token_hash);

-- Requests that came with an Idempotency-Key, with the answer that a repetition gets. Swept after two days.
create table api_requests (
  shop_id bigint not null references shops,
  staff_id bigint not null,
  key text not null,
  -- SHA-256 of method, address and body.
  fingerprint bytea not null,
  created_at timestamptz not null default now(),
  -- Null until it was answered with success: what was refused may be tried again.
  status integer,
  answer text,
  primary key (shop_id, staff_id, key),
  foreign key (shop_id, staff_id) references memberships (shop_id, staff_id)
);
create index api_requests_created on api_requests (created_at);
