-- Who wants to hear of a business's bookings, what there was to tell, and whether it arrived.

-- Ids that sort by time where a row is made by the database itself (RFC 9562, version 7).
CREATE FUNCTION uuid_by_time() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(
        set_bit(set_bit(
            overlay(uuid_send(gen_random_uuid())
                PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
            52, 1), 53, 1),
        'hex')::uuid
$$;

-- `secret` signs what we send; while `previous_secret` is valid, its signature is sent too.
CREATE TABLE webhook_endpoints (
    business_id           uuid NOT NULL REFERENCES businesses,
    id                    uuid NOT NULL,
    url                   text NOT NULL,
    description           text,
    event_types           text[] NOT NULL DEFAULT '{}', -- none: all
    is_enabled            boolean NOT NULL DEFAULT true,
    disabled_reason       text CHECK (disabled_reason IN ('gone', 'failing')), -- NULL: the business's own wish
    disabled_at           timestamptz,
    failing_since         timestamptz, -- the first failure after which nothing came through
    secret                text NOT NULL,
    previous_secret       text,
    previous_secret_until timestamptz,
    created_at            timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id)
);

-- What there is to tell. `snapshot` is the booking as it was when that was committed; `payload` is made of it, and is sent.
CREATE TABLE webhook_events (
    business_id uuid NOT NULL,
    id          uuid NOT NULL,
    booking_id  uuid, -- none for a test
    seq         bigint NOT NULL, -- of the timeline: grows along a booking
    kind        text NOT NULL,
    detail      jsonb NOT NULL DEFAULT '{}',
    at          timestamptz NOT NULL,
    snapshot    jsonb,
    type        text,
    payload     text,
    not_before  timestamptz NOT NULL DEFAULT '-infinity', -- later where it could not be made into a payload
    PRIMARY KEY (business_id, id),
    CHECK ((type IS NULL) = (payload IS NULL)),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);
CREATE INDEX webhook_events_to_spread ON webhook_events (seq) WHERE payload IS NULL;
CREATE INDEX webhook_events_by_time ON webhook_events (business_id, at);
CREATE INDEX webhook_events_by_age ON webhook_events (at);

-- One event on its way to one endpoint; a replay is another round. A pending row whose `due_at` is over has nobody who works at
-- it: it is new, or its workflow was lost.
CREATE TABLE webhook_deliveries (
    business_id     uuid NOT NULL,
    id              uuid NOT NULL,
    endpoint_id     uuid NOT NULL,
    event_id        uuid NOT NULL,
    booking_id      uuid,
    seq             bigint NOT NULL,
    round           int NOT NULL DEFAULT 0,
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed', 'skipped', 'replaced')),
    due_at          timestamptz NOT NULL DEFAULT now(),
    attempts        int NOT NULL DEFAULT 0,
    first_tried_at  timestamptz,
    last_tried_at   timestamptz,
    last_status     int,
    last_error      text,
    last_answer     text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id),
    UNIQUE (business_id, endpoint_id, event_id, round),
    FOREIGN KEY (business_id, endpoint_id) REFERENCES webhook_endpoints ON DELETE CASCADE,
    FOREIGN KEY (business_id, event_id) REFERENCES webhook_events ON DELETE CASCADE
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_in_order ON webhook_deliveries (business_id, endpoint_id, seq, round) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_untried ON webhook_deliveries (business_id, endpoint_id, booking_id, seq, round)
    WHERE state = 'pending' AND attempts = 0;
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (business_id, endpoint_id, id);
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (business_id, event_id);

-- The outbox: each line of a timeline, with the booking as its transaction leaves it. Deferred, so that it sees the whole
-- transaction; part of it, so that it is kept exactly when the change is. Costs one look-up where nobody listens.
CREATE FUNCTION keep_webhook_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM webhook_endpoints WHERE business_id = NEW.business_id) THEN
        INSERT INTO webhook_events (business_id, id, booking_id, seq, kind, detail, at, snapshot)
        SELECT NEW.business_id, uuid_by_time(), NEW.booking_id, NEW.seq, NEW.kind, NEW.detail, NEW.at,
               jsonb_build_object(
                   'booking', to_jsonb(b) - '{manage_token_hash,request_hash}'::text[], 'service', to_jsonb(s),
                   'provider', to_jsonb(p), 'customer', to_jsonb(c), 'payment', to_jsonb(m) - 'next_action')
        FROM bookings b
        JOIN services s ON s.business_id = b.business_id AND s.id = b.service_id
        JOIN providers p ON p.business_id = b.business_id AND p.id = b.provider_id
        JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
        LEFT JOIN payments m ON m.business_id = b.business_id AND m.booking_id = b.id
        WHERE b.business_id = NEW.business_id AND b.id = NEW.booking_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER booking_events_to_webhooks AFTER INSERT ON booking_events
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keep_webhook_event();
