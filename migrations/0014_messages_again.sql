-- Phone numbers are told apart by their ends, with their country or without: see features/messages/phones.ts.
create index message_consents_number on message_consents (shop_id, right(address, 7), topic, id) where channel = 'sms';
create index customers_number on customers (shop_id, right(phone_digits, 7)) where phone_digits <> '';

-- How often this address took nothing for now, since somebody tried again: what the provider was down before does not count.
alter table messages add column deferrals integer not null default 0;
