-- Everything by which a business says when its time is for sale.

-- A week's hours may hold for a season only. A period without hours is closed all that time.
CREATE TABLE schedule_periods (
    business_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    first_day   date NOT NULL, -- -infinity and infinity: always
    last_day    date NOT NULL CHECK (last_day >= first_day),
    PRIMARY KEY (business_id, provider_id, first_day),
    FOREIGN KEY (business_id, provider_id) REFERENCES providers
);
INSERT INTO schedule_periods (business_id, provider_id, first_day, last_day)
SELECT DISTINCT business_id, provider_id, date '-infinity', date 'infinity' FROM schedules;
ALTER TABLE schedules ADD COLUMN first_day date NOT NULL DEFAULT '-infinity';
ALTER TABLE schedules DROP CONSTRAINT schedules_pkey;
ALTER TABLE schedules ADD PRIMARY KEY (business_id, provider_id, first_day, weekday, start_minute);
ALTER TABLE schedules ADD FOREIGN KEY (business_id, provider_id, first_day) REFERENCES schedule_periods ON DELETE CASCADE;

-- Wall time in the provider's zone, so that it moves with the provider.
CREATE TABLE time_off (
    business_id uuid NOT NULL,
    id          uuid NOT NULL,
    provider_id uuid NOT NULL,
    starts_at   timestamp NOT NULL,
    ends_at     timestamp NOT NULL CHECK (ends_at > starts_at),
    reason      text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, provider_id) REFERENCES providers
);
CREATE INDEX time_off_by_provider ON time_off (business_id, provider_id, ends_at);

-- Whose public holidays the business is closed on; ISO 3166 codes, and the names of those it does not keep.
ALTER TABLE businesses ADD COLUMN holiday_country text;
ALTER TABLE businesses ADD COLUMN holiday_region text CHECK (holiday_region IS NULL OR holiday_country IS NOT NULL);
ALTER TABLE businesses ADD COLUMN holidays_not_kept text[] NOT NULL DEFAULT '{}';

-- Calendars outside in which providers are busy. One that was not read for longer than good_for_seconds is not believed.
CREATE TABLE busy_calendars (
    business_id      uuid NOT NULL,
    id               uuid NOT NULL,
    provider_id      uuid NOT NULL,
    name             text NOT NULL,
    good_for_seconds int NOT NULL CHECK (good_for_seconds > 0),
    read_at          timestamptz,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, provider_id) REFERENCES providers
);
CREATE INDEX busy_calendars_by_provider ON busy_calendars (business_id, provider_id);

CREATE TABLE busy_times (
    business_id uuid NOT NULL,
    calendar_id uuid NOT NULL,
    id          text NOT NULL, -- the entry's own
    during      tstzrange NOT NULL CHECK (NOT isempty(during)),
    PRIMARY KEY (business_id, calendar_id, id),
    FOREIGN KEY (business_id, calendar_id) REFERENCES busy_calendars ON DELETE CASCADE
);
CREATE INDEX busy_times_during ON busy_times USING gist (business_id, calendar_id, during);

-- Durations offered beside the service's own: [[minutes, price of one seat in minor units], …]
ALTER TABLE services ADD COLUMN durations jsonb NOT NULL DEFAULT '[]';
ALTER TABLE services ADD COLUMN max_per_day int CHECK (max_per_day > 0);
ALTER TABLE services ADD COLUMN max_per_week int CHECK (max_per_week > 0);
ALTER TABLE services ADD COLUMN assignment text NOT NULL DEFAULT 'least_busy'
    CHECK (assignment IN ('least_busy', 'round_robin', 'priority'));
ALTER TABLE providers ADD COLUMN max_per_day int CHECK (max_per_day > 0);
ALTER TABLE providers ADD COLUMN max_per_week int CHECK (max_per_week > 0);
ALTER TABLE provider_services ADD COLUMN priority int NOT NULL DEFAULT 0;
ALTER TABLE provider_services ADD COLUMN last_assigned_at timestamptz;

-- What a service takes beside its provider: of each need any one, such as one of the rooms.
CREATE TABLE service_resources (
    business_id uuid NOT NULL,
    service_id  uuid NOT NULL,
    need        smallint NOT NULL CHECK (need > 0),
    provider_id uuid NOT NULL,
    PRIMARY KEY (business_id, service_id, need, provider_id),
    FOREIGN KEY (business_id, service_id) REFERENCES services,
    FOREIGN KEY (business_id, provider_id) REFERENCES providers
);

-- A booking sits in one claim of its provider and in one of each resource, held all or none.
ALTER TABLE claim_seats DROP CONSTRAINT claim_seats_pkey;
ALTER TABLE claim_seats ADD PRIMARY KEY (business_id, booking_id, claim_id);
ALTER TABLE claims ADD COLUMN for_provider uuid; -- whose session a resource is taken for
ALTER TABLE bookings ADD COLUMN resource_ids uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE bookings ADD COLUMN override_reason text; -- why staff set rules aside
CREATE INDEX bookings_by_service ON bookings (business_id, service_id, starts_at);
