-- For the activity log by customer and by vehicle: what belongs to no work order names them in its data ({"customer": 12}). What belongs to
-- a work order, which is nearly everything and what has to be written quickly, is not in this index. Without a list of pending entries, which every look-up would have to read through.
create index events_things on events using gin (data jsonb_path_ops) with (fastupdate = off) where work_order_id is null;
