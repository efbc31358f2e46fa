-- Opening hours, capacity, and appointments.

-- Each interval in which the shop is open; what lies between two of a day is a break. See features/appointments/slots.ts.
create table opening_hours (
  shop_id bigint not null references shops,
  -- 1 Monday to 7 Sunday (ISO 8601).
  weekday integer not null check (weekday between 1 and 7),
  opens time not null,
  -- 24:00 for the end of the day.
  closes time not null,
  primary key (shop_id, weekday, opens),
  check (opens < closes)
);

-- Days that are not as their weekday is. Without an interval the shop is closed.
create table special_days (
  shop_id bigint not null references shops,
  day date not null,
  note text not null default '',
  -- [["10:00", "14:00"]]
  intervals jsonb not null default '[]',
  primary key (shop_id, day)
);

create table bays (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  position integer not null,
  -- How many vehicles a day it can take.
  vehicles_per_day integer not null default 2 check (vehicles_per_day between 1 and 50),
  removed_at timestamptz,
  primary key (shop_id, id)
);
create unique index bays_name on bays (shop_id, lower(name)) where removed_at is null;

-- Hours that a technician has for booked work on a weekday, in hundredths.
create table technician_hours (
  shop_id bigint not null references shops,
  staff_id bigint not null,
  weekday integer not null check (weekday between 1 and 7),
  hundredths integer not null check (hundredths between 1 and 2400),
  primary key (shop_id, staff_id, weekday),
  foreign key (shop_id, staff_id) references memberships (shop_id, staff_id)
);

create table absences (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  staff_id bigint not null,
  first_day date not null,
  last_day date not null,
  primary key (shop_id, id),
  foreign key (shop_id, staff_id) references memberships (shop_id, staff_id),
  check (first_day <= last_day)
);
create index absences_day on absences (shop_id, last_day);

create table booking_settings (
  shop_id bigint primary key references shops,
  -- Names the shop's page in its address (/book/riverside); null: the only shop that books online is at /book.
  slug text unique check (slug ~ '^[a-z0-9](-?[a-z0-9]){1,39}$'),
  is_online boolean not null default false,
  slot_minutes integer not null default 30 check (slot_minutes in (15, 20, 30, 60)),
  notice_minutes integer not null default 120 check (notice_minutes between 0 and 20160),
  days_ahead integer not null default 60 check (days_ahead between 1 and 365),
  arrivals_per_slot integer not null default 2 check (arrivals_per_slot between 1 and 20),
  waiters_per_slot integer not null default 1 check (waiters_per_slot between 0 and 20),
  -- Hours of work that a day can take where nobody has said how many hours each technician has, in hundredths.
  day_hundredths integer not null default 1600 check (day_hundredths between 0 and 99999),
  -- What a concern without a service takes, hundredths of an hour.
  concern_hundredths integer not null default 100 check (concern_hundredths between 1 and 4000),
  takes_after_hours boolean not null default false,
  -- Where the key goes.
  after_hours_text text not null default '',
  offers_rides boolean not null default false,
  confirms_itself boolean not null default false,
  -- After its time, an appointment that nobody came to is a no-show.
  no_show_minutes integer not null default 120 check (no_show_minutes between 15 and 1440),
  greeting text not null default '',
  consent_text text not null default ''
);

create function start_booking() returns trigger language plpgsql as $$
begin
  insert into booking_settings (shop_id) values (new.id);
  insert into opening_hours (shop_id, weekday, opens, closes)
    select new.id, weekday, '08:00', '17:00' from generate_series(1, 5) weekday;
  insert into bays (shop_id, name, position) values (new.id, 'Bay 1', 1), (new.id, 'Bay 2', 2);
  return new;
end $$;
create trigger shops_start_booking after insert on shops for each row execute function start_booking();
insert into booking_settings (shop_id) select id from shops;
insert into opening_hours (shop_id, weekday, opens, closes)
  select id, weekday, '08:00', '17:00' from shops, generate_series(1, 5) weekday;
insert into bays (shop_id, name, position) select id, 'Bay ' || number, number from shops, generate_series(1, 2) number;

create table appointments (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  state text not null check (state in ('requested', 'confirmed', 'arrived', 'no-show', 'cancelled')),
  kind text not null check (kind in ('waiting', 'drop-off', 'after-hours', 'ride')),
  starts_at timestamptz not null,
  -- Of starts_at, on the shop's calendar: capacity is a day's.
  day date not null,
  -- Which of the places of its slot it has. Whoever of the staff books one more than there are, gets the next number.
  place integer not null check (place > 0),
  -- Work, in hundredths of an hour.
  hundredths integer not null check (hundredths between 0 and 9999),
  concern text not null default '',
  technician_id bigint,
  bay_id bigint,
  -- As they were given; who it is in the shop's books is known once somebody said so.
  name text not null check (name <> ''),
  phone text not null default '',
  phone_digits text not null generated always as (regexp_replace(phone, '[^0-9]', '', 'g')) stored,
  email text not null default '',
  vehicle text not null check (vehicle <> ''),
  plate text not null default '',
  plate_key text not null generated always as (upper(regexp_replace(plate, '[^0-9A-Za-z]', '', 'g'))) stored,
  customer_id bigint,
  vehicle_id bigint,
  work_order_id bigint,
  booked_by bigint,
  booked_at timestamptz not null,
  confirmed_at timestamptz,
  arrived_at timestamptz,
  ended_at timestamptz,
  -- What the one who cancelled said.
  reason text not null default '',
  -- How often it was moved, confirmed or cancelled: SEQUENCE of its calendar file (RFC 5545, 3.8.7.4).
  sequence integer not null default 0,
  primary key (shop_id, id),
  foreign key (shop_id, technician_id) references memberships (shop_id, staff_id),
  foreign key (shop_id, bay_id) references bays (shop_id, id),
  foreign key (shop_id, customer_id) references customers (shop_id, id),
  foreign key (shop_id, vehicle_id) references vehicles (shop_id, id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, booked_by) references memberships (shop_id, staff_id),
  check ((state = 'arrived') = (work_order_id is not null)),
  check ((state in ('no-show', 'cancelled')) = (ended_at is not null))
);
-- Nobody has a place that somebody else has, whatever the program thinks.
create unique index appointments_place on appointments (shop_id, starts_at, place) where ended_at is null;
create index appointments_day on appointments (shop_id, day);
create index appointments_due on appointments (starts_at) where state in ('requested', 'confirmed');
create index appointments_vehicle on appointments (shop_id, vehicle_id) where vehicle_id is not null;
create index appointments_customer on appointments (shop_id, customer_id) where customer_id is not null;
create index appointments_phone on appointments (shop_id, phone_digits) where phone_digits <> '';
create index appointments_email on appointments (shop_id, lower(email)) where email <> '';
create index appointments_work_order on appointments (shop_id, work_order_id) where work_order_id is not null;

-- What opens the page on which its customer changes or cancels it. Each message has one of its own, for nobody can read an old one again.
create table appointment_links (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  appointment_id bigint not null,
  -- sha256
  token_hash bytea not null,
  made_at timestamptz not null,
  primary key (shop_id, id),
  foreign key (shop_id, appointment_id) references appointments (shop_id, id)
);
create unique index appointment_links_token on appointment_links (token_hash, shop_id);
create index appointment_links_appointment on appointment_links (shop_id, appointment_id);

-- What it is for, out of the shop's list; the name as it was then.
create table appointment_services (
  shop_id bigint not null references shops,
  appointment_id bigint not null,
  position integer not null,
  canned_job_id bigint,
  name text not null,
  hundredths integer not null,
  primary key (shop_id, appointment_id, position),
  foreign key (shop_id, appointment_id) references appointments (shop_id, id),
  foreign key (shop_id, canned_job_id) references canned_jobs (shop_id, id)
);
-- What it takes of a day, hundredths of an hour; null: customers can't book it.
alter table canned_jobs add column bookable_hundredths integer check (bookable_hundredths between 1 and 4000);

-- Addresses of the calendar for other programs (iCalendar, RFC 5545).
create table calendar_feeds (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  token_hash bytea not null,
  -- Only this technician's.
  technician_id bigint,
  made_by bigint not null,
  made_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (shop_id, id),
  foreign key (shop_id, technician_id) references memberships (shop_id, staff_id),
  foreign key (shop_id, made_by) references memberships (shop_id, staff_id)
);
create unique index calendar_feeds_token on calendar_feeds (token_hash, shop_id);

-- The customer's own page.
create table customer_pages (
  shop_id bigint not null references shops,
  customer_id bigint not null,
  id bigint generated always as identity,
  token_hash bytea not null,
  handle text not null,
  made_by bigint,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  last_opened_at timestamptz,
  revoked_at timestamptz,
  primary key (shop_id, id),
  foreign key (shop_id, customer_id) references customers (shop_id, id),
  foreign key (shop_id, made_by) references memberships (shop_id, staff_id)
);
create unique index customer_pages_token on customer_pages (token_hash, shop_id);
create index customer_pages_customer on customer_pages (shop_id, customer_id);
