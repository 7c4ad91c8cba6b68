-- Everything a booking touches. business_id leads every key, so that the tables can be distributed by it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE businesses (
    business_id         uuid PRIMARY KEY,
    name                text NOT NULL,
    timezone            text NOT NULL,
    on_calendar_failure text NOT NULL DEFAULT 'undo' CHECK (on_calendar_failure IN ('undo', 'confirm_anyway')),
    created_at          timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_keys (
    business_id uuid NOT NULL REFERENCES businesses,
    id          uuid NOT NULL,
    key_hash    bytea NOT NULL,
    name        text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    revoked_at  timestamptz,
    PRIMARY KEY (business_id, id),
    UNIQUE (business_id, key_hash)
);

CREATE TABLE services (
    business_id           uuid NOT NULL REFERENCES businesses,
    id                    uuid NOT NULL,
    name                  text NOT NULL,
    duration_minutes      int NOT NULL CHECK (duration_minutes > 0),
    buffer_before_minutes int NOT NULL DEFAULT 0 CHECK (buffer_before_minutes >= 0),
    buffer_after_minutes  int NOT NULL DEFAULT 0 CHECK (buffer_after_minutes >= 0),
    slot_step_minutes     int NOT NULL CHECK (slot_step_minutes > 0),
    price_amount          bigint NOT NULL CHECK (price_amount >= 0),
    price_currency        text NOT NULL,
    payment               text NOT NULL CHECK (payment IN ('online', 'none')),
    capacity              int NOT NULL DEFAULT 1 CHECK (capacity > 0),
    min_notice_minutes    int NOT NULL DEFAULT 0 CHECK (min_notice_minutes >= 0),
    max_advance_days      int NOT NULL DEFAULT 90 CHECK (max_advance_days > 0),
    cancellation_policy   jsonb NOT NULL DEFAULT '{}',
    reminder_minutes      int[] NOT NULL DEFAULT '{}',
    created_at            timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id)
);
CREATE INDEX services_by_id ON services (id);

CREATE TABLE providers (
    business_id uuid NOT NULL REFERENCES businesses,
    id          uuid NOT NULL,
    name        text NOT NULL,
    timezone    text NOT NULL,
    email       text,
    phone       text,
    calendar_id text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id)
);
CREATE INDEX providers_by_id ON providers (id);

CREATE TABLE provider_services (
    business_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    service_id  uuid NOT NULL,
    PRIMARY KEY (business_id, provider_id, service_id),
    FOREIGN KEY (business_id, provider_id) REFERENCES providers,
    FOREIGN KEY (business_id, service_id) REFERENCES services
);
CREATE INDEX provider_services_by_service ON provider_services (business_id, service_id);

-- Wall time in the provider's zone, in minutes from midnight; weekday 0 is Monday.
CREATE TABLE schedules (
    business_id  uuid NOT NULL,
    provider_id  uuid NOT NULL,
    weekday      smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    start_minute smallint NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
    end_minute   smallint NOT NULL CHECK (end_minute BETWEEN 1 AND 1440),
    CHECK (start_minute < end_minute),
    PRIMARY KEY (business_id, provider_id, weekday, start_minute),
    FOREIGN KEY (business_id, provider_id) REFERENCES providers
);

-- What replaces the weekly hours on one date; no intervals means closed. [[start_minute, end_minute], …]
CREATE TABLE availability (
    business_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    date        date NOT NULL,
    intervals   jsonb NOT NULL,
    PRIMARY KEY (business_id, provider_id, date),
    FOREIGN KEY (business_id, provider_id) REFERENCES providers
);

CREATE TABLE customers (
    business_id uuid NOT NULL REFERENCES businesses,
    id          uuid NOT NULL,
    name        text NOT NULL,
    email       text NOT NULL,
    phone       text,
    timezone    text NOT NULL,
    locale      text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id)
);
CREATE INDEX customers_by_email ON customers (business_id, email);

CREATE TABLE bookings (
    business_id       uuid NOT NULL REFERENCES businesses,
    id                uuid NOT NULL,
    service_id        uuid NOT NULL,
    provider_id       uuid NOT NULL,
    customer_id       uuid NOT NULL,
    starts_at         timestamptz NOT NULL,
    ends_at           timestamptz NOT NULL CHECK (ends_at > starts_at),
    blocks            tstzrange NOT NULL, -- the slot with its buffers as they were when it was booked
    capacity          int NOT NULL,
    seats             int NOT NULL CHECK (seats > 0),
    price_amount      bigint NOT NULL CHECK (price_amount >= 0),
    price_currency    text NOT NULL,
    payment           text NOT NULL CHECK (payment IN ('online', 'none')),
    status            text NOT NULL CHECK (status IN ('pending', 'confirming', 'confirmed', 'completed', 'no_show',
                                                      'expired', 'cancelled', 'failed')),
    status_reason     text,
    hold_expires_at   timestamptz NOT NULL,
    manage_token_hash bytea NOT NULL,
    request_hash      bytea NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, service_id) REFERENCES services,
    FOREIGN KEY (business_id, provider_id) REFERENCES providers,
    FOREIGN KEY (business_id, customer_id) REFERENCES customers
);
CREATE INDEX bookings_by_start ON bookings (business_id, starts_at, id);
CREATE INDEX bookings_by_provider ON bookings (business_id, provider_id, starts_at, id);
CREATE INDEX bookings_by_customer ON bookings (business_id, customer_id, starts_at, id);

-- Promise 1. A claim occupies a provider's time, buffers included; this constraint is what makes a second one impossible.
-- Only live holds and future bookings are here. A group session is one claim with several seats taken.
CREATE TABLE claims (
    business_id uuid NOT NULL,
    id          uuid NOT NULL,
    provider_id uuid NOT NULL,
    service_id  uuid NOT NULL,
    starts_at   timestamptz NOT NULL,
    during      tstzrange NOT NULL CHECK (NOT isempty(during)),
    capacity    int NOT NULL CHECK (capacity > 0),
    seats_taken int NOT NULL,
    PRIMARY KEY (business_id, id),
    CONSTRAINT seats_within_capacity CHECK (seats_taken BETWEEN 0 AND capacity),
    CONSTRAINT no_overlap EXCLUDE USING gist (business_id WITH =, provider_id WITH =, during WITH &&)
);

-- Who sits in a claim. A row with expires_at is a hold; without, it is permanent.
CREATE TABLE claim_seats (
    business_id uuid NOT NULL,
    booking_id  uuid NOT NULL,
    claim_id    uuid NOT NULL,
    seats       int NOT NULL CHECK (seats > 0),
    expires_at  timestamptz,
    PRIMARY KEY (business_id, booking_id),
    FOREIGN KEY (business_id, claim_id) REFERENCES claims,
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);
CREATE INDEX claim_seats_by_claim ON claim_seats (business_id, claim_id);

-- Promise 6. Append-only; `key` makes telling the same thing twice one row.
CREATE TABLE booking_events (
    business_id uuid NOT NULL,
    booking_id  uuid NOT NULL,
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    key         text NOT NULL,
    kind        text NOT NULL,
    status      text,
    detail      jsonb NOT NULL DEFAULT '{}',
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (business_id, booking_id, seq),
    UNIQUE (business_id, booking_id, key),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'booking_events is append-only';
END $$;
CREATE TRIGGER booking_events_append_only BEFORE UPDATE OR DELETE ON booking_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE payments (
    business_id uuid NOT NULL,
    booking_id  uuid NOT NULL,
    vendor      text NOT NULL,
    vendor_id   text NOT NULL,
    state       text NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    currency    text NOT NULL,
    refunded    bigint NOT NULL DEFAULT 0,
    next_action jsonb,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT never_over_refunded CHECK (refunded BETWEEN 0 AND amount),
    PRIMARY KEY (business_id, booking_id),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);

CREATE TABLE calendar_events (
    business_id uuid NOT NULL,
    booking_id  uuid NOT NULL,
    vendor      text NOT NULL,
    calendar_id text NOT NULL,
    vendor_id   text NOT NULL,
    state       text NOT NULL CHECK (state IN ('written', 'deleted')),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, booking_id),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);

CREATE TABLE notifications (
    business_id uuid NOT NULL,
    booking_id  uuid NOT NULL,
    kind        text NOT NULL,
    channel     text NOT NULL CHECK (channel IN ('email', 'sms')),
    state       text NOT NULL CHECK (state IN ('sent', 'refused')),
    vendor_id   text,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, booking_id, kind, channel),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);

-- For the calls that start no workflow: what the first request with this key was and what it was answered.
CREATE TABLE idempotency_keys (
    business_id  uuid NOT NULL REFERENCES businesses,
    key          text NOT NULL,
    request_hash bytea NOT NULL,
    status       int NOT NULL,
    body         jsonb NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, key)
);
