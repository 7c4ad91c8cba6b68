-- Each change of a booking's time, as it was and as it became. A request that is sent again finds its first answer here.
CREATE TABLE reschedules (
    business_id      uuid NOT NULL,
    booking_id       uuid NOT NULL,
    sequence         int NOT NULL CHECK (sequence > 0), -- the booking's own, after it
    move_id          uuid NOT NULL,
    asked_by         text NOT NULL CHECK (asked_by IN ('customer', 'staff')),
    override_reason  text, -- why staff set rules aside
    request_key      bytea, -- SHA-256 of its Idempotency-Key
    request_hash     bytea NOT NULL,
    old_provider_id  uuid NOT NULL,
    old_starts_at    timestamptz NOT NULL,
    old_ends_at      timestamptz NOT NULL,
    old_price_amount bigint NOT NULL,
    provider_id      uuid NOT NULL,
    starts_at        timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL,
    price_amount     bigint NOT NULL,
    moved_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, booking_id, sequence),
    UNIQUE (business_id, booking_id, move_id),
    UNIQUE (business_id, booking_id, request_key),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);

-- Links that let whoever has them change a booking once. Only the hash is kept.
CREATE TABLE links (
    business_id uuid NOT NULL,
    token_hash  bytea NOT NULL,
    booking_id  uuid NOT NULL,
    made_by     text NOT NULL, -- a message's name, or staff
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, token_hash),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);
CREATE INDEX links_by_booking ON links (business_id, booking_id);

-- Calendars in which the event of a booking may still stand though it was given to another provider.
CREATE TABLE left_calendars (
    business_id uuid NOT NULL,
    booking_id  uuid NOT NULL,
    calendar_id text NOT NULL,
    PRIMARY KEY (business_id, booking_id, calendar_id),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);
