-- What operators did by hand, and what makes stuck things quick to find.

-- One row for each operation, written with its line on the timeline. What people said is here only.
CREATE TABLE operations (
    business_id uuid NOT NULL,
    booking_id  uuid NOT NULL,
    id          text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('retry', 'skip', 'settle', 'refund', 'resend', 'give-up-hold')),
    step        text,
    said        text, -- its codes and numbers: the same id with others is another operation
    asked_by    text NOT NULL, -- a key's id or an operator's name, as a code
    reason      text,
    asked_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (business_id, booking_id, id),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);

-- An operator has sent it again or left it out: nobody waits for this one any more.
ALTER TABLE notifications ADD COLUMN settled_at timestamptz;
-- The booking is gone and its event is not wanted; `written` with this set is an event that still stands.
ALTER TABLE calendar_events ADD COLUMN unwanted_since timestamptz;

CREATE INDEX refunds_open ON refunds (business_id, created_at) WHERE state <> 'succeeded';
CREATE INDEX charges_open ON charges (business_id, created_at) WHERE state IN ('requested', 'processing');
CREATE INDEX notifications_open ON notifications (business_id, created_at)
    WHERE settled_at IS NULL AND (state IN ('undelivered', 'refused') OR state = 'queued' AND vendor_id IS NULL);
CREATE INDEX calendar_events_open ON calendar_events (business_id, unwanted_since)
    WHERE state = 'written' AND unwanted_since IS NOT NULL;
CREATE INDEX bookings_open ON bookings (business_id, hold_expires_at) WHERE status IN ('pending', 'confirming');
CREATE INDEX booking_events_trouble ON booking_events (business_id, at) WHERE kind = 'trouble';
CREATE INDEX reminders_by_due ON reminders (business_id, due_at);
