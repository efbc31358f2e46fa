-- A second factor at sign-in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes. Both belong to the person, in
-- whichever shops they work, as the password does.

create table second_factors (
  staff_id bigint primary key references staff,
  -- The shared secret, encrypted with a key that follows from the server's secret; see features/staff/second-factor.ts.
  secret bytea not null,
  -- The last time step that was accepted: it and those before it are not accepted again.
  last_step bigint not null,
  -- Wrong codes of a day, from places where this person never signed in.
  wrong_codes integer not null default 0,
  wrong_on date not null default current_date,
  turned_on_at timestamptz not null default now()
);

create table recovery_codes (
  staff_id bigint not null references second_factors on delete cascade,
  -- SHA-256 of 125 random bits.
  code_hash bytea not null,
  used_at timestamptz,
  primary key (staff_id, code_hash)
);

-- Whom the shop asks for one.
alter table shops
  add column second_factor text not null default 'nobody' check (second_factor in ('nobody', 'managers', 'everybody'));

-- Sessions of people whose password was right and whose code is still awaited.
create index session_half on session ((sess -> 'half' ->> 'staff')) where sess -> 'half' is not null;
