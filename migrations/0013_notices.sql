-- A person's notices, the latest first; and those of a comment, when it goes.
create index notices_staff on notices (shop_id, staff_id, id);
create index notices_comment on notices (shop_id, comment_id) where comment_id is not null;

-- When a vehicle is due for something: by date, by its odometer, or by whichever comes first.
create table service_due (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  vehicle_id bigint not null,
  what text not null check (what <> ''),
  due_on date,
  -- Of the vehicle's first odometer, tenths of its unit.
  due_tenths bigint check (due_tenths > 0),
  noted_by bigint,
  noted_at timestamptz not null,
  done_at timestamptz,
  primary key (shop_id, id),
  foreign key (shop_id, vehicle_id) references vehicles (shop_id, id),
  foreign key (shop_id, noted_by) references memberships (shop_id, staff_id),
  check (due_on is not null or due_tenths is not null)
);
create index service_due_open on service_due (shop_id, vehicle_id) where done_at is null;
