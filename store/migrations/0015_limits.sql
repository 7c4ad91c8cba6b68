-- How often somebody may ask, and from where.

-- When each bucket is full again. Not logged: after a crash all are full, which is what they are most of the time. Keys are hashes.
CREATE UNLOGGED TABLE rate_limits (
    key     bytea PRIMARY KEY,
    full_at timestamptz NOT NULL
) WITH (fillfactor = 50); -- updates stay on their page

-- From where an account was entered before: strangers who try passwords do not keep its owner out there.
CREATE TABLE familiar_addresses (
    key     bytea PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT now()
);

SELECT keep_at_the_door('rate_limits');
SELECT keep_at_the_door('familiar_addresses');

-- Who holds how much, in keyed hashes. Only what is held and not confirmed is ever looked up.
ALTER TABLE bookings
    ADD COLUMN held_for_mailbox bytea,
    ADD COLUMN held_for_phone   bytea,
    ADD COLUMN held_from        bytea;
CREATE INDEX bookings_held_for_mailbox ON bookings (business_id, held_for_mailbox)
    WHERE status = 'pending' AND held_for_mailbox IS NOT NULL;
CREATE INDEX bookings_held_for_phone ON bookings (business_id, held_for_phone)
    WHERE status = 'pending' AND held_for_phone IS NOT NULL;
CREATE INDEX bookings_held_from ON bookings (business_id, held_from) WHERE status = 'pending' AND held_from IS NOT NULL;

-- From where those who work for a business, and its keys, may come. Without any, from everywhere.
CREATE TABLE allowed_networks (
    business_id uuid NOT NULL REFERENCES businesses,
    network     cidr NOT NULL,
    note        text NOT NULL DEFAULT '',
    PRIMARY KEY (business_id, network)
);
SELECT keep_apart('allowed_networks');
