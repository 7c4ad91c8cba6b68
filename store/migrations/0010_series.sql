-- Bookings that repeat by a rule. Until it is confirmed a series is held, paid and given up as one; then each booking goes its way.
CREATE TABLE series (
    business_id       uuid NOT NULL REFERENCES businesses,
    id                uuid NOT NULL,
    service_id        uuid NOT NULL,
    provider_id       uuid, -- none: any
    rule              text NOT NULL, -- RFC 5545, laid out on the clock of time_zone
    time_zone         text NOT NULL,
    mode              text NOT NULL CHECK (mode IN ('all_or_nothing', 'best_effort')),
    payment           text NOT NULL CHECK (payment IN ('per_occurrence', 'at_once')),
    status            text NOT NULL CHECK (status IN ('pending', 'confirming', 'confirmed', 'expired', 'cancelled', 'failed')),
    status_reason     text,
    payer_id          uuid NOT NULL, -- the booking whose payment pays first, and whose payment method is charged later
    hold_expires_at   timestamptz NOT NULL,
    manage_token_hash bytea NOT NULL,
    request_hash      bytea NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, service_id) REFERENCES services,
    FOREIGN KEY (business_id, payer_id) REFERENCES bookings
);

ALTER TABLE bookings
    ADD COLUMN series_id uuid,
    ADD FOREIGN KEY (business_id, series_id) REFERENCES series;
CREATE INDEX bookings_by_series ON bookings (business_id, series_id) WHERE series_id IS NOT NULL;

-- Every time that the rule named: held as a booking, or refused, by which rule and for what.
CREATE TABLE series_occurrences (
    business_id uuid NOT NULL,
    series_id   uuid NOT NULL,
    number      int NOT NULL CHECK (number >= 0),
    starts_at   timestamptz NOT NULL,
    is_shifted  boolean NOT NULL, -- its time of day does not exist that day
    booking_id  uuid,
    rule        text,
    source      text,
    PRIMARY KEY (business_id, series_id, number),
    CHECK (num_nulls(booking_id, rule) = 1),
    FOREIGN KEY (business_id, series_id) REFERENCES series,
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);
