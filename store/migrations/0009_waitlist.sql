-- Those who wait for a time, and the times that were offered to them.
ALTER TABLE services ADD COLUMN waitlist_offer_minutes int NOT NULL DEFAULT 30 CHECK (waitlist_offer_minutes > 0);

-- One customer who waits for any time that fits. Dates and minutes from midnight are wall time in `timezone`.
CREATE TABLE waitlist_entries (
    business_id       uuid NOT NULL REFERENCES businesses,
    id                uuid NOT NULL,
    service_id        uuid NOT NULL,
    provider_id       uuid, -- none: any
    customer_id       uuid NOT NULL,
    first_day         date NOT NULL,
    last_day          date NOT NULL CHECK (last_day >= first_day),
    weekdays          smallint[] NOT NULL, -- 0 is Monday; none: all
    times             jsonb NOT NULL, -- [[start_minute, end_minute], …]; none: all day
    timezone          text NOT NULL,
    seats             int NOT NULL CHECK (seats > 0),
    duration_minutes  int, -- none: the service's own
    ends_at           timestamptz NOT NULL, -- the end of the last day
    priority          int NOT NULL DEFAULT 0,
    state             text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'offered', 'accepted', 'lapsed', 'left', 'over')),
    lapses            int NOT NULL DEFAULT 0, -- offers that were not answered
    wish_hash         bytea NOT NULL, -- equal for the same customer with the same wish
    request_hash      bytea NOT NULL,
    manage_token_hash bytea NOT NULL,
    joined_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, service_id) REFERENCES services,
    FOREIGN KEY (business_id, provider_id) REFERENCES providers,
    FOREIGN KEY (business_id, customer_id) REFERENCES customers
);
CREATE UNIQUE INDEX waitlist_entries_once ON waitlist_entries (business_id, service_id, wish_hash)
    WHERE state IN ('waiting', 'offered');
CREATE INDEX waitlist_entries_in_line ON waitlist_entries (business_id, service_id, priority DESC, joined_at, id)
    WHERE state IN ('waiting', 'offered');
CREATE INDEX waitlist_entries_by_time ON waitlist_entries (business_id, joined_at, id);

-- An offer is a booking that was made for an entry.
ALTER TABLE bookings
    ADD COLUMN waitlist_entry_id uuid,
    ADD FOREIGN KEY (business_id, waitlist_entry_id) REFERENCES waitlist_entries;

CREATE TABLE waitlist_offers (
    business_id uuid NOT NULL,
    booking_id  uuid NOT NULL,
    entry_id    uuid NOT NULL,
    provider_id uuid NOT NULL, -- and the start, as they were offered
    starts_at   timestamptz NOT NULL,
    outcome     text NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'accepted', 'lapsed', 'declined', 'failed')),
    made_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (business_id, booking_id),
    FOREIGN KEY (business_id, booking_id) REFERENCES bookings,
    FOREIGN KEY (business_id, entry_id) REFERENCES waitlist_entries
);
CREATE UNIQUE INDEX waitlist_offers_open ON waitlist_offers (business_id, entry_id) WHERE outcome = 'open';
CREATE INDEX waitlist_offers_by_entry ON waitlist_offers (business_id, entry_id);

-- One row for each service that anybody ever waited for: what was looked at last, so that whatever frees time since is seen.
CREATE TABLE waitlists (
    business_id uuid NOT NULL,
    service_id  uuid NOT NULL,
    asked       bigint NOT NULL DEFAULT 1, -- grows with each change of the line itself
    seen        text, -- `asked` and the stamp of the service's slots, as they were looked at
    looked_at   timestamptz,
    PRIMARY KEY (business_id, service_id),
    FOREIGN KEY (business_id, service_id) REFERENCES services
);
