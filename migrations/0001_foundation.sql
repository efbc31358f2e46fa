-- The foundation: shops, people, the board, its work orders, and the one table of events.
-- Every table of a shop carries shop_id in its primary key, in every unique constraint and in every
-- foreign key to another table of a shop, so that no row can point into another shop.

create table shops (
  id bigint generated always as identity primary key,
  name text not null check (name <> ''),
  time_zone text not null check (time_zone <> ''),
  -- Bumped once by each change(); the row lock of that bump puts all changes of a shop in one order.
  version bigint not null default 0,
  event_hash bytea not null default '\x0000000000000000000000000000000000000000000000000000000000000000',
  next_work_order_number bigint not null default 1001,
  is_demo boolean not null default false,
  created_at timestamptz not null default now()
);

create table staff (
  id bigint generated always as identity primary key,
  email text not null check (email <> ''),
  name text not null check (name <> ''),
  password_hash text,
  created_at timestamptz not null default now()
);
create unique index staff_email on staff (lower(email));

create table memberships (
  shop_id bigint not null references shops,
  staff_id bigint not null references staff,
  role text not null check (role in ('mechanic', 'advisor', 'manager')),
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (shop_id, staff_id)
);
create index memberships_staff on memberships (staff_id);

-- A link with which a person sets the (first or a new) password; only its SHA-256 is kept.
create table invitations (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  staff_id bigint not null,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (shop_id, id),
  unique (shop_id, token_hash),
  foreign key (shop_id, staff_id) references memberships (shop_id, staff_id)
);
create index invitations_token on invitations (token_hash);

-- connect-pg-simple's table; `sess` holds the person's id, never a role.
create table session (
  sid text primary key,
  sess json not null,
  expire timestamp(6) not null
);
create index session_expire on session (expire);
create index session_staff on session ((sess -> 'passport' ->> 'user'));

-- rate-limiter-flexible's table.
create table throttle (
  key text primary key,
  points integer not null default 0,
  expire bigint
);

create table columns (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  meaning text not null check (meaning in ('estimate', 'active', 'waiting', 'done')),
  color text not null default 'grey',
  card_limit integer check (card_limit > 0),
  -- NULL once the column is removed; the row stays, because history and finished work orders name it.
  position integer,
  primary key (shop_id, id),
  unique (shop_id, position) deferrable initially deferred
);

create table customers (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  company text not null default '',
  phone text not null default '',
  phone_digits text not null generated always as (regexp_replace(phone, '[^0-9]', '', 'g')) stored,
  email text not null default '',
  created_at timestamptz not null default now(),
  primary key (shop_id, id)
);
create index customers_phone on customers (shop_id, phone_digits) where phone_digits <> '';

create table vehicles (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  customer_id bigint not null,
  description text not null check (description <> ''),
  plate text not null default '',
  plate_key text not null generated always as (upper(regexp_replace(plate, '[^0-9A-Za-z]', '', 'g'))) stored,
  vin text not null default '',
  created_at timestamptz not null default now(),
  primary key (shop_id, id),
  foreign key (shop_id, customer_id) references customers (shop_id, id)
);
create index vehicles_customer on vehicles (shop_id, customer_id);
create index vehicles_plate on vehicles (shop_id, plate_key) where plate_key <> '';

create table work_orders (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  number bigint not null,
  customer_id bigint not null,
  vehicle_id bigint not null,
  concern text not null default '',
  advisor_id bigint,
  mechanic_id bigint,
  promised_at timestamptz,
  column_id bigint not null,
  -- Order in the column, 65,536 apart. NULL once the vehicle is handed over: then the card is off the board.
  rank bigint,
  column_since timestamptz not null default now(),
  blocked_reason text check (blocked_reason in ('parts', 'approval', 'sublet', 'tool', 'other')),
  blocked_note text not null default '',
  blocked_since timestamptz,
  handed_over_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (shop_id, id),
  unique (shop_id, number),
  unique (shop_id, column_id, rank) deferrable initially deferred,
  foreign key (shop_id, column_id) references columns (shop_id, id) on delete restrict,
  foreign key (shop_id, customer_id) references customers (shop_id, id),
  foreign key (shop_id, vehicle_id) references vehicles (shop_id, id),
  foreign key (shop_id, advisor_id) references memberships (shop_id, staff_id),
  foreign key (shop_id, mechanic_id) references memberships (shop_id, staff_id),
  check ((rank is null) = (handed_over_at is not null)),
  check ((blocked_reason is null) = (blocked_since is null))
);
create index work_orders_board on work_orders (shop_id, column_id, rank) where rank is not null;
create index work_orders_vehicle on work_orders (shop_id, vehicle_id);
create index work_orders_customer on work_orders (shop_id, customer_id);
create index work_orders_finished on work_orders (shop_id, handed_over_at, id) where handed_over_at is not null;

create table labels (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  color text not null default 'grey',
  primary key (shop_id, id),
  unique (shop_id, name)
);

create table work_order_labels (
  shop_id bigint not null,
  work_order_id bigint not null,
  label_id bigint not null,
  primary key (shop_id, work_order_id, label_id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, label_id) references labels (shop_id, id) on delete cascade
);

create table comments (
  shop_id bigint not null,
  id bigint generated always as identity,
  work_order_id bigint not null,
  author_id bigint not null,
  text text not null check (text <> ''),
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  primary key (shop_id, id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, author_id) references memberships (shop_id, staff_id)
);
create index comments_work_order on comments (shop_id, work_order_id, id);

create table tv_links (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  variant text not null check (variant in ('floor', 'lobby')),
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (shop_id, id),
  unique (shop_id, token_hash)
);
create index tv_links_token on tv_links (token_hash);

-- Everything that happened. hash = sha256(previous hash of the shop, this row in canonical form).
create table events (
  shop_id bigint not null references shops,
  version bigint not null,
  seq integer not null,
  at timestamptz not null,
  actor_id bigint,
  kind text not null,
  work_order_id bigint,
  data jsonb not null default '{}',
  request_id text,
  result jsonb,
  hash bytea not null,
  primary key (shop_id, version, seq),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id)
);
create index events_work_order on events (shop_id, work_order_id, version, seq) where work_order_id is not null;
create unique index events_request on events (shop_id, request_id) where request_id is not null;
create index events_actor_moves on events (shop_id, actor_id, version desc) where kind = 'card.moved';

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'events are never changed or removed';
end $$;
create trigger events_are_final before update or delete on events for each row execute function refuse_change();
create trigger events_are_kept before truncate on events for each statement execute function refuse_change();
