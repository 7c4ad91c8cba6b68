-- One row for each reminder that is still to be sent. Rows live and die with the booking's own transactions: they are written
-- with its confirmation and deleted with its end, so there is nothing left to remind of a booking that is gone.
CREATE TABLE reminders (
    business_id    uuid NOT NULL,
    booking_id     uuid NOT NULL,
    minutes_before int NOT NULL CHECK (minutes_before > 0),
    due_at         timestamptz NOT NULL,
    started_at     timestamptz, -- when the sweep handed it to its workflow
    PRIMARY KEY (business_id, booking_id, minutes_before),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings
);
CREATE INDEX reminders_due ON reminders (due_at) WHERE started_at IS NULL;
