-- Bookings that need the provider's yes.
ALTER TABLE services ADD COLUMN approval_policy jsonb; -- NULL: nobody is asked

-- What the provider is asked, once for each booking, and what they said. A booking that ended unanswered has no verdict.
CREATE TABLE approvals (
    business_id    uuid NOT NULL,
    booking_id     uuid NOT NULL,
    decide_by      timestamptz NOT NULL,
    verdict        text CHECK (verdict IN ('approved', 'declined')),
    decided_by     text CHECK (decided_by IN ('staff', 'provider', 'operator')),
    decided_at     timestamptz,
    payment_needed boolean NOT NULL DEFAULT false, -- the customer has to name another way to pay
    asked_at       timestamptz NOT NULL DEFAULT now(),
    CHECK ((verdict IS NULL) = (decided_by IS NULL) AND (verdict IS NULL) = (decided_at IS NULL)),
    PRIMARY KEY (business_id, booking_id),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);

-- Payments that took the place of a booking's payment, or should have, since a vendor reserves money for some days only.
-- `payments` names the one that counts; a row is written before money is touched, so that all of them can be undone.
CREATE TABLE renewals (
    business_id   uuid NOT NULL,
    booking_id    uuid NOT NULL,
    number        int NOT NULL CHECK (number > 0),
    old_vendor_id text NOT NULL, -- the payment that it replaces
    vendor_id     text, -- its own
    state         text NOT NULL DEFAULT 'requested',
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, booking_id, number),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);

-- What a link lets its holder do: nobody approves with a customer's link, and nobody moves a booking with a provider's.
ALTER TABLE links ADD COLUMN purpose text NOT NULL DEFAULT 'change' CHECK (purpose IN ('change', 'approval'));
