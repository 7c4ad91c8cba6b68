-- How often the appointment was changed after it was confirmed: iCalendar's SEQUENCE, and what tells a second message of a kind
-- from the first.
ALTER TABLE bookings ADD COLUMN sequence int NOT NULL DEFAULT 0 CHECK (sequence >= 0);

-- A reminder belongs to one state of its appointment; after a reschedule it is another one.
ALTER TABLE reminders
    ADD COLUMN sequence int NOT NULL DEFAULT 0,
    ADD COLUMN channels text[] NOT NULL DEFAULT '{email,sms}';

-- By which channels each of reminder_minutes goes, in their order; by all where there is none.
ALTER TABLE services ADD COLUMN reminder_channels jsonb NOT NULL DEFAULT '[]';

-- In which language to write to those who have none of their own: the providers, and customers in a language we cannot write.
ALTER TABLE businesses ADD COLUMN locale text NOT NULL DEFAULT 'en';

-- What a business says in its own words; where there is no row, the release's own template is used.
CREATE TABLE message_templates (
    business_id uuid NOT NULL REFERENCES businesses,
    kind        text NOT NULL,
    channel     text NOT NULL CHECK (channel IN ('email', 'sms')),
    language    text NOT NULL,
    subject     text,
    text        text NOT NULL,
    html        text,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, kind, channel, language)
);

-- When nobody wants to be reminded: wall time in the reader's zone, in minutes from midnight; it may pass midnight.
ALTER TABLE businesses
    ADD COLUMN quiet_from  smallint CHECK (quiet_from BETWEEN 0 AND 1439),
    ADD COLUMN quiet_until smallint CHECK (quiet_until BETWEEN 0 AND 1439),
    ADD CONSTRAINT quiet_hours_are_a_span CHECK (
        num_nulls(quiet_from, quiet_until) = 2 OR num_nulls(quiet_from, quiet_until) = 0 AND quiet_from <> quiet_until
    );

-- The delivery log says what became of each message. A row without vendor_id was not taken by a carrier yet.
ALTER TABLE notifications
    DROP CONSTRAINT notifications_state_check,
    ADD CONSTRAINT notifications_state_check CHECK (state IN ('queued', 'sent', 'delivered', 'undelivered', 'refused')),
    ADD COLUMN recipient  text NOT NULL DEFAULT 'customer' CHECK (recipient IN ('customer', 'provider')),
    ADD COLUMN code       text,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
