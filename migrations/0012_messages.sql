-- Messages to customers and from them, what they agreed to, and what colleagues are told.

alter table customers
  -- Of the messages: a language tag (BCP 47); '' for the shop's own.
  add column language text not null default '' check (language ~ '^$|^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  -- Where it is day and night for them (IANA); '' for the shop's own.
  add column time_zone text not null default '',
  -- How they want to be written to; '' if they have not said.
  add column preferred_channel text not null default '' check (preferred_channel in ('', 'mail', 'sms'));

-- What this installation can send by itself, as the environment says it: written at each start. What is not here is sent by hand.
create table message_channels (
  channel text primary key check (channel in ('mail', 'sms'))
);

-- Who wrote, where nothing says what they answer.
create index customers_email on customers (shop_id, lower(email)) where email <> '';

create table message_settings (
  shop_id bigint primary key references shops,
  language text not null default 'en' check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  -- Nothing is sent to a customer before and after these hours of theirs.
  day_begins time not null default '08:00',
  day_ends time not null default '21:00',
  -- How long a message can be taken back.
  undo_seconds integer not null default 30 check (undo_seconds between 0 and 600),
  reply_to text not null default '',
  remind_hours integer not null default 24 check (remind_hours between 1 and 168),
  remind_declined_days integer check (remind_declined_days between 1 and 730),
  check (day_begins < day_ends)
);

create function start_messages() returns trigger language plpgsql as $$
begin
  insert into message_settings (shop_id) values (new.id);
  return new;
end $$;
create trigger shops_start_messages after insert on shops for each row execute function start_messages();
insert into message_settings (shop_id) select id from shops;

-- What is said when; the program's own words stand where there is none. See features/messages/templates.ts.
create table message_templates (
  shop_id bigint not null references shops,
  occasion text not null,
  -- Of the occasion 'stage': the column that a card came to.
  column_id bigint not null default 0,
  language text not null,
  -- never: not at all; ask: shown, and sent when somebody says so; always: by itself.
  mode text not null default 'ask' check (mode in ('never', 'ask', 'always')),
  subject text not null,
  text text not null check (text <> ''),
  short_text text not null check (short_text <> ''),
  primary key (shop_id, occasion, column_id, language)
);

-- What a person has agreed to receive at an address, and what they have stopped: each word of theirs one row, the last one counts.
create table message_consents (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  channel text not null check (channel in ('mail', 'sms')),
  -- The address in lower case, or the last ten digits of a number: the same one is written with and without its country.
  address text not null check (address <> ''),
  topic text not null check (topic in ('service', 'marketing')),
  is_granted boolean not null,
  -- booking, staff, reply, link: how it was said; and the words that were agreed to or sent.
  said_by text not null check (said_by in ('booking', 'staff', 'reply', 'link')),
  words text not null default '',
  customer_id bigint,
  taken_by bigint,
  at timestamptz not null,
  primary key (shop_id, id),
  foreign key (shop_id, customer_id) references customers (shop_id, id),
  foreign key (shop_id, taken_by) references memberships (shop_id, staff_id)
);
create index message_consents_address on message_consents (shop_id, channel, address, topic, id);

create table messages (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  direction text not null check (direction in ('out', 'in')),
  channel text not null check (channel in ('mail', 'sms')),
  -- waiting: for its time (taking back, quiet hours, another try); sending: given to the provider, its answer is awaited;
  -- by-hand: there is no provider, somebody sends it with their own program.
  state text not null check (state in ('waiting', 'sending', 'sent', 'failed', 'withdrawn', 'by-hand', 'received')),
  occasion text not null default '',
  -- Never two of the same: 'reminder/812', 'stage/1042/7/311'.
  once_key text,
  customer_id bigint,
  work_order_id bigint,
  appointment_id bigint,
  -- The one that it answers.
  answers_id bigint,
  -- To whom, or from whom.
  name text not null default '',
  address text not null,
  subject text not null default '',
  text text not null,
  -- Whose night is kept (IANA); '': none, somebody waits for it.
  time_zone text not null default '',
  -- Not before.
  due_at timestamptz not null,
  -- Why it waits: 'undo', 'night', 'retry'; null: for its time.
  waits_for text check (waits_for in ('undo', 'night', 'retry')),
  -- The provider is down: nothing of this channel is tried before then, and this one first, so that all go in order.
  hold_until timestamptz,
  -- Since when this one has been tried in vain.
  failing_since timestamptz,
  attempts integer not null default 0,
  trouble text not null default '',
  -- A process died between sending and noting it: it may have arrived twice.
  may_be_twice boolean not null default false,
  -- The Message-ID (RFC 5322), or what the provider calls it; before that, what it is called at the provider however often it is sent.
  outside_id text not null default '',
  written_by bigint,
  written_at timestamptz not null,
  ended_at timestamptz,
  -- Of what came in.
  assigned_to bigint,
  done_by bigint,
  done_at timestamptz,
  primary key (shop_id, id),
  foreign key (shop_id, customer_id) references customers (shop_id, id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, appointment_id) references appointments (shop_id, id),
  foreign key (shop_id, answers_id) references messages (shop_id, id),
  foreign key (shop_id, written_by) references memberships (shop_id, staff_id),
  foreign key (shop_id, assigned_to) references memberships (shop_id, staff_id),
  foreign key (shop_id, done_by) references memberships (shop_id, staff_id)
);
create unique index messages_once on messages (shop_id, once_key) where once_key is not null;
create index messages_due on messages (shop_id, channel, due_at, id) where state in ('waiting', 'sending');
create index messages_state on messages (shop_id, state, id);
create index messages_latest on messages (shop_id, direction, id);
create index messages_work_order on messages (shop_id, work_order_id, id) where work_order_id is not null;
create index messages_customer on messages (shop_id, customer_id, id) where customer_id is not null;
create index messages_appointment on messages (shop_id, appointment_id) where appointment_id is not null;
create index messages_answers on messages (shop_id, answers_id) where answers_id is not null;
create index messages_address on messages (shop_id, address, id);
create index messages_open on messages (shop_id, id) where direction = 'in' and done_at is null;
create index messages_outside on messages (shop_id, outside_id) where outside_id <> '';

-- Each try, with what the provider said.
create table message_attempts (
  shop_id bigint not null references shops,
  message_id bigint not null,
  attempt integer not null,
  at timestamptz not null,
  answer text not null,
  primary key (shop_id, message_id, attempt),
  foreign key (shop_id, message_id) references messages (shop_id, id)
);

-- The bell: what somebody should read. One row for each person.
create table notices (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  staff_id bigint not null,
  kind text not null check (kind in ('mention', 'message', 'assigned', 'booking')),
  work_order_id bigint,
  comment_id bigint,
  message_id bigint,
  appointment_id bigint,
  text text not null default '',
  at timestamptz not null,
  read_at timestamptz,
  primary key (shop_id, id),
  foreign key (shop_id, staff_id) references memberships (shop_id, staff_id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, message_id) references messages (shop_id, id),
  foreign key (shop_id, appointment_id) references appointments (shop_id, id)
);
create index notices_unread on notices (shop_id, staff_id, id) where read_at is null;
