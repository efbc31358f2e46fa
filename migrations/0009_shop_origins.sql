-- Where a shop was before it came here (npm run import-shop). The hashes of its events up to that version were made with its
-- number and the numbers of its people there; with this row they can be computed again (platform/database/origins.ts).
create table shop_origins (
  shop_id bigint not null references shops,
  -- The last version that was written there.
  until_version bigint not null,
  -- The shop's number there.
  origin_shop bigint not null,
  -- Of each person: number here -> number there. {"12": 3}
  people jsonb not null,
  imported_at timestamptz not null,
  primary key (shop_id, until_version)
);
create trigger shop_origins_are_final before update or delete on shop_origins for each row execute function refuse_rewriting();
create trigger shop_origins_stay before truncate on shop_origins for each statement execute function refuse_rewriting();
