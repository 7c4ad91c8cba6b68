-- What a business promises about changing one's mind, and the money that moves after a booking is confirmed.
ALTER TABLE services ADD COLUMN reschedule_policy jsonb NOT NULL DEFAULT '{}';
ALTER TABLE services ADD COLUMN no_show_policy jsonb NOT NULL DEFAULT '{}';
ALTER TABLE services ADD COLUMN follow_up_minutes int CHECK (follow_up_minutes > 0);

-- The policies as they were when it was booked; why it was cancelled, in its customer's or the business's words.
ALTER TABLE bookings ADD COLUMN policies jsonb NOT NULL DEFAULT '{}';
ALTER TABLE bookings ADD COLUMN closing_words text;

-- One row for each time that money is given back; `step` is the one of its idempotency key.
CREATE TABLE refunds (
    business_id  uuid NOT NULL,
    booking_id   uuid NOT NULL,
    step         text NOT NULL,
    charge_step  text, -- the later charge that it comes from; without, it is the first payment
    amount       bigint NOT NULL CHECK (amount > 0),
    currency     text NOT NULL,
    vendor_id    text,
    state        text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'pending', 'succeeded', 'failed')),
    failure_code text,
    reason       text NOT NULL, -- a code
    asked_by     text NOT NULL CHECK (asked_by IN ('customer', 'staff')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, booking_id, step),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);

-- One row for each charge after the first payment, made on the saved method: a price difference, the fee of a no-show.
CREATE TABLE charges (
    business_id  uuid NOT NULL,
    booking_id   uuid NOT NULL,
    step         text NOT NULL,
    vendor_id    text, -- the payment's own, at the vendor of the first one
    amount       bigint NOT NULL CHECK (amount > 0),
    currency     text NOT NULL,
    state        text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'processing', 'captured', 'declined')),
    decline_code text,
    reason       text NOT NULL, -- a code
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, booking_id, step),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);

-- Bookings from before have kept nothing: what their service says now is the nearest to what they were promised.
UPDATE bookings b SET policies = jsonb_build_object('cancellation', s.cancellation_policy)
FROM services s WHERE s.business_id = b.business_id AND s.id = b.service_id;
